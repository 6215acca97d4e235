"""One module a goal or two; each `measure()` gives the rows of the table."""
