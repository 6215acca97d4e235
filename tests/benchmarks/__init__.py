"""What `make bench` measures: the portal against the limit or what a team would use instead, in one run, as ratios."""
