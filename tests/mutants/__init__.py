"""Would a test notice? Mistakes are planted in the code that guards the workspace; `make mutants` counts survivors.

Own code instead of a library: nothing is copied or edited, the planted mistake also reaches a portal that runs as a
process of its own, and a mutant costs one fork of a process that has everything imported.
"""
