"""Endpoints put straight into the embedded workspace, and the few ways tests ask them."""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING, Any

import httpx

from web.emulator.serving.endpoint import Config, Endpoint, Entity

if TYPE_CHECKING:
    from web.emulator.server import Emulator

BOB = {"Authorization": "Bearer dapi-bob"}
ALICE = {"Authorization": "Bearer dapi-alice"}
CHARLIE = {"Authorization": "Bearer dapi-charlie"}
TLS = ssl.create_default_context()  # made once: httpx would read all certificates again for each request


def uc(name: str, version: int = 1, **more: Any) -> dict[str, Any]:
    """The spec of a served entity of Unity Catalog."""
    return {"name": f"{name.rpartition('.')[2]}-{version}", "entity_name": name, "entity_version": str(version), **more}


def openai_model(name: str, task: str = "llm/v1/chat", key: str = "{{secrets/ml/openai}}") -> dict[str, Any]:
    """The spec of an external entity at OpenAI."""
    config = {"openai_api_key": key}
    return {"name": name, "external_model": {"provider": "openai", "name": name, "task": task, "openai_config": config}}


def deploy(
    emulator: Emulator,
    name: str,
    *specs: dict[str, Any],
    kind: str = "custom",
    shares: list[int] | None = None,
    **more: Any,
) -> Endpoint:
    """A READY endpoint of bob's; `shares` are the routes' percentages (the first entity takes all without them)."""
    emulator.world.switches.tokens_per_second = 0
    now = emulator.world.clock.now_ms()
    entities = [
        Entity(spec, creator="bob@example.com", created_ms=now, deployment="DEPLOYMENT_READY", ready_ms=now)
        for spec in specs
    ]
    percentages = shares or [100] + [0] * (len(specs) - 1)
    routes = [(entity.name(), share) for entity, share in zip(entities, percentages, strict=True)]
    endpoint = Endpoint(name, "e" * 32, "bob@example.com", now, now, kind, **more)
    endpoint.config = Config(1, entities, routes, now)
    endpoint.grants = {"user_name": {"bob@example.com": "CAN_MANAGE"}}
    emulator.world.endpoints[name] = endpoint
    return endpoint


def ask(
    emulator: Emulator, name: str, payload: Any, headers: dict[str, str] = BOB, path: str = "/invocations"
) -> httpx.Response:
    """One invocation of an endpoint."""
    return httpx.post(
        f"{emulator.url}/serving-endpoints/{name}{path}", json=payload, headers=headers, timeout=20, verify=TLS
    )


def chat(text: str, **more: Any) -> dict[str, Any]:
    """A chat request with one user message."""
    return {"messages": [{"role": "user", "content": text}], **more}


def frames(answer: httpx.Response) -> list[Any]:
    """The frames of a streamed answer; the last is the text `[DONE]`."""
    assert answer.headers["content-type"].startswith("text/event-stream"), answer.text
    blocks = answer.text.split("\n\n")
    assert blocks[-1] == ""
    return ["[DONE]" if block == "data: [DONE]" else json.loads(block.removeprefix("data: ")) for block in blocks[:-1]]


def get(emulator: Emulator, path: str, headers: dict[str, str] = BOB, **query: Any) -> httpx.Response:
    """A read of the workspace's REST API."""
    return httpx.get(f"{emulator.url}{path}", params=query, headers=headers, timeout=20, verify=TLS)
