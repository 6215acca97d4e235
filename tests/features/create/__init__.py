"""Tests of making a new endpoint, by form and by JSON."""
