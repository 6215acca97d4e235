"""What happens to a request for a model: admission, AI Gateway, traffic split, the answer, and what is remembered of it."""
