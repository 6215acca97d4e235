"""The playground and the relay behind it."""
