"""The Usage page over HTTP."""
