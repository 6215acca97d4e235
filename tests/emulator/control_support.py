"""What the tests of the control plane say: bodies of requests and one caller of plain HTTP."""

from __future__ import annotations

from typing import Any

import httpx

MODEL = "main.ml.churn"
ENDPOINTS = "/api/2.0/serving-endpoints"


class Caller:
    """Plain HTTP as one person: `caller("PUT", "/api/…", {...})` gives the response."""

    def __init__(self, url: str, token: str | None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=20, trust_env=False)

    def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """Send one request; `body` is sent as JSON."""
        return self.http.request(method, path, json=body, params=query or None)


def entity(version: int = 3, **more: Any) -> dict[str, Any]:
    """A served entity of the churn model as a request has it."""
    return {"entity_name": MODEL, "entity_version": str(version), "scale_to_zero_enabled": False, **more}


def routes(**shares: int) -> dict[str, Any]:
    """A traffic config; underscores in the names stand for dashes."""
    return {
        "routes": [
            {"served_entity_name": name.replace("_", "-"), "traffic_percentage": share}
            for name, share in shares.items()
        ]
    }


def new(name: str, *entities: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The body of a create; `traffic` goes into the config."""
    traffic = {"traffic_config": more.pop("traffic")} if "traffic" in more else {}
    return {"name": name, "config": {"served_entities": list(entities) or [entity()], **traffic}, **more}
