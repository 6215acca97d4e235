"""The history of an endpoint."""
