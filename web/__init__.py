"""Serving Portal: a web app for teams that run Databricks Model Serving endpoints."""

__version__ = "0.1.0"
