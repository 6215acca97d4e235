"""Tests of the Permissions page and of who can query an endpoint."""
