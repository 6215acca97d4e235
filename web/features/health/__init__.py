"""Alive and ready: for the platform, for monitors, and for whoever wonders what works."""

from web.features.health.routes import router
from web.features.slice import Slice

SLICE = Slice("health", router)
