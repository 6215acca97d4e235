"""The page about the portal itself, and what a narrowed sign-in meets."""
