"""Tests of changes as people and programs make them."""
