"""The update doctor."""
