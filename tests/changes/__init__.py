"""Changes: planned, spelled, performed, settled."""
