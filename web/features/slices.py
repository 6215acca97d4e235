"""Every slice of the portal, in the order of their routes. PUBLIC ones answer without knowing who asks."""

from web.features import (
    api,
    audit,
    changes,
    connect,
    create,
    endpoints,
    guide,
    health,
    history,
    logs,
    metrics,
    patterns,
    playground,
    schema,
)
from web.features.slice import Slice

PUBLIC: tuple[Slice, ...] = (health.SLICE, connect.SLICE, guide.SLICE)
SLICES: tuple[Slice, ...] = (
    api.SLICE,
    changes.SLICE,
    audit.SLICE,
    create.SLICE,  # before endpoints: /endpoints/new is not an endpoint
    endpoints.SLICE,
    history.SLICE,
    logs.SLICE,
    metrics.SLICE,
    schema.SLICE,
    playground.SLICE,
    patterns.SLICE,  # where PORTAL_PATTERNS says so
)
