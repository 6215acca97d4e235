"""The history: what was meant, what was sent and what came of it, in a chain that shows tampering."""
