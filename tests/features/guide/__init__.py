"""The page of errors."""
