"""Serving endpoints: their REST API and the state machine behind it."""
