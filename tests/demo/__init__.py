"""The way to a running demo: the stand-in for the Apps proxy and the start of the three servers."""
