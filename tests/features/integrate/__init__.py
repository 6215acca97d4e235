"""The Integrate page over HTTP."""
