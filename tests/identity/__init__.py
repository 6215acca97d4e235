"""Who may do what, on every route."""
