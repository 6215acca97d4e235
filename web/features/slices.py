"""Every slice of the portal, in the order of their routes. PUBLIC ones answer without knowing who asks."""

from web.features import (
    about,
    api,
    audit,
    changes,
    config,
    connect,
    connections,
    create,
    endpoints,
    gateway,
    guide,
    health,
    history,
    integrate,
    logs,
    metrics,
    patterns,
    permissions,
    playground,
    schema,
    settings,
    telemetry,
    traffic,
    usage,
)
from web.features.slice import Slice

PUBLIC: tuple[Slice, ...] = (health.SLICE, connect.SLICE, guide.SLICE)
SLICES: tuple[Slice, ...] = (
    create.SLICE,  # before endpoints: /endpoints/new is not an endpoint
    endpoints.SLICE,  # early: its pages and polls are asked for most, and every route before costs them a comparison
    api.SLICE,
    changes.SLICE,
    audit.SLICE,
    config.SLICE,
    history.SLICE,
    traffic.SLICE,
    logs.SLICE,
    metrics.SLICE,
    schema.SLICE,
    playground.SLICE,
    settings.SLICE,
    permissions.SLICE,
    connections.SLICE,
    gateway.SLICE,
    integrate.SLICE,
    telemetry.SLICE,
    usage.SLICE,
    about.SLICE,
    patterns.SLICE,  # where PORTAL_PATTERNS says so
)
