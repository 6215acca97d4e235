"""What happens to a request for a model: admission, AI Gateway, traffic split, the answer, its record."""
