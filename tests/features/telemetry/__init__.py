"""The Telemetry page over HTTP."""
