"""The portal's cost beside that of the plain way to do the same: `python -m tests.benchmarks`, a table of ratios."""
