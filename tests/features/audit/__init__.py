"""Tests of the audit pages."""
