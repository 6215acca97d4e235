"""Finding endpoints, looking at one, stopping, starting and deleting it."""
