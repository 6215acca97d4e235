"""The gateway, against the embedded workspace over HTTP."""
