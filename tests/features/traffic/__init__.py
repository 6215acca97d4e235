"""Shifting traffic."""
