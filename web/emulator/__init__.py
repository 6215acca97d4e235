"""The embedded workspace: an HTTP server that answers like a Databricks workspace.

The demo, the tests and the benchmarks point real clients at it.

`python -m web.emulator --port 8001` serves it alone; `web.emulator.server.Emulator` runs it inside a test.
It imports nothing of the portal.
"""
