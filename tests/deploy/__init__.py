"""Deploying, without a workspace."""
