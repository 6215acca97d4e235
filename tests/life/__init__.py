"""How the process starts, tells of itself and ends."""
