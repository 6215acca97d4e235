"""The rules of the house: imports, sizes, names, settings."""
