"""All routes of the portal as requests, from its route table."""

import re
from pathlib import Path

from fastapi.routing import iter_route_contexts

from web.app import create_app
from web.config import Settings

OPEN = {"/healthz", "/readyz", "/metrics", "/help/errors", "/connect", "/connect/leave", "/favicon.ico"}
"""Answer before anybody is known: they tell nothing of anybody."""


def all_routes(folder: Path) -> list[tuple[str, str]]:
    """(method, path pattern) of every route that needs a person, static files aside."""
    app = create_app(Settings(data_dir=folder, patterns=True))  # type: ignore[call-arg]
    found = [
        (method, str(route.path))
        for route in iter_route_contexts(app.routes)
        if route.path and route.endpoint
        for method in sorted(set(route.methods or ()) - {"HEAD", "OPTIONS"})
    ]
    return [(method, path) for method, path in found if path not in OPEN and not path.startswith("/static")]


def address(pattern: str) -> str:
    """A request path for a pattern: an endpoint that exists, ids that do not."""
    return re.sub(r"\{[^}]+\}", lambda found: "churn" if "name" in found[0] else "0" * 8, pattern)
