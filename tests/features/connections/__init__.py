"""Requests through connections, over HTTP."""
