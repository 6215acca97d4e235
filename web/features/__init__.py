"""The slices: one folder per thing a person can do. A slice exposes `SLICE`; siblings never import each other."""

from web.features.slices import PUBLIC, SLICES

__all__ = ["PUBLIC", "SLICES"]
