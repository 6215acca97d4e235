"""Every slice of the portal, in the order of their routes. PUBLIC ones answer without knowing who asks."""

from web.features import api, changes, health
from web.features.slice import Slice

PUBLIC: tuple[Slice, ...] = (health.SLICE,)
SLICES: tuple[Slice, ...] = (
    api.SLICE,
    changes.SLICE,
)
