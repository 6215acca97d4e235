"""Tests of changing a config, by form and by JSON."""
