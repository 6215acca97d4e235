"""Tests of the database the history lives in."""
