"""Schemas of endpoints: reading, drawing, exemplifying, comparing."""
