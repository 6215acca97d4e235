"""The AI Gateway page over HTTP."""
