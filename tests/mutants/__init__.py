"""Would a test notice? Mistakes are planted in the rooms that guard the workspace; `make mutants` counts survivors.

Own code instead of a library: nothing is copied or edited, a mutant costs one fork of a process that has everything
imported, and the portal runs in that process too, as a thread, so that tests over HTTP meet the mistake as well. Each
test is run once without any mistake to see which functions it reaches (`--reach FILE` keeps that for the next time).
"""
