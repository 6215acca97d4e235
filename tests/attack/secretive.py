"""Everything a person can do with a secret, each time another one: it works, is refused, fails, stays unknown."""

import uuid
from collections.abc import Iterator
from typing import Any

import httpx

from tests.attack.canaries import Canaries
from tests.features.changes.support import change, custom, fault, make
from tests.features.config.support import opened, press
from tests.features.create.support import ENTITY, KEY, apply, external, review
from tests.features.create.support import custom as custom_form
from web.changes.providers import PROVIDERS
from web.emulator.server import Emulator

BASE = "/api/2.0/serving-endpoints"


def typed(**settings: str) -> dict[str, Any]:
    """An entity with an OpenAI key."""
    model = {"provider": "openai", "name": "gpt-4o", "task": "llm/v1/chat", "openai_config": settings}
    return {"name": "gpt", "external_model": model}


def with_env(name: str, value: Any) -> dict[str, Any]:
    """A new custom endpoint with environment variables."""
    wanted = custom(name)
    wanted["body"]["config"]["served_entities"][0]["environment_vars"] = value
    return wanted


def by_api(canary: Canaries, bob: httpx.Client, emulator: Emulator) -> Iterator[httpx.Response]:
    """Changes as JSON: done, refused by a rule or by the workspace, lost, of every provider, in the wrong places."""
    yield make(bob, with_env("k-env", {"MODE": canary("plain variable")}))
    config = {"served_entities": [typed(openai_api_key_plaintext=canary("typed key"))]}
    yield make(bob, {"kind": "endpoint.create", "endpoint": "k-key", "body": {"config": config}})
    for n, kind in enumerate(("garbage", "truncate")):
        fault(emulator, "POST", BASE, kind)
        yield make(bob, with_env(f"k-torn-{n}", {"MODE": canary.odd(f"odd variable of a change answered by {kind}")}))
    yield from odd_shapes(canary, bob)
    yield from providers(canary, bob)
    for n, (kind, more) in enumerate((("status", {"status": 400}), ("drop_reply", {}), ("status", {"status": 500}))):
        value = canary(f"variable of a change that ends with {kind} {more}")
        told = {"error_code": "BAD_REQUEST", "message": f"Value '{value}' of MODE is not allowed.", "details": [value]}
        fault(emulator, "POST", BASE, kind, **more, **({"body": told} if more else {}))
        yield make(bob, with_env(f"k-lost-{n}", {"MODE": value}))
    stale = {"config_version": 1, "hash": "0" * 64}
    config = {"served_entities": [typed(openai_api_key_plaintext=canary("key of a conflict"))]}
    yield make(bob, change("config.update", "k-key", **config), base=stale)
    key = uuid.uuid4().hex
    for n in range(2):
        yield make(bob, with_env("k-env", {"MODE": canary(f"variable with a key used before {n}")}), key=key)


def odd_shapes(canary: Canaries, bob: httpx.Client) -> Iterator[httpx.Response]:
    """Secrets where none is expected."""
    for shape in (lambda c: c, lambda c: [c], lambda c: {"MODE": [c]}, lambda c: {"MODE": {"x": c}}):
        value = shape(canary(f"variables of shape {shape('x')}"))
        yield make(bob, with_env("k-odd", value))
        yield bob.post("/api/v1/changes/plan", json={"change": with_env("k-odd", value)})
    for field in ("openai_api_key", "api_key", "openai_api_key_plaintext ", "password", "token", "client_secret"):
        config = {"served_entities": [typed(**{field: canary(f"key given as {field}")})]}
        wanted = {"kind": "endpoint.create", "endpoint": "k-field", "body": {"config": config}}
        yield make(bob, wanted)
        yield bob.post("/api/v1/changes/plan", json={"change": wanted})
    for content in (b'{"change": {"kind": "%s"}}', b'{"change": "%s"}', b'"%s"', b'{"change": %s'):
        sent = content % canary(f"body {content!r}").encode()
        yield bob.post("/api/v1/changes", content=sent, headers={"Content-Type": "application/json"})
    for name in ("Authorization", "Cookie", "X-Api-Key"):
        yield bob.get("/endpoints", headers={name: f"Bearer {canary(f'header {name}')}"})
    yield bob.get("/endpoints", headers={"X-Forwarded-Access-Token": canary("a token nobody has")})
    yield bob.post("/api/v1/endpoints/churn/invocations", json={"inputs": [canary("question to a model")]})


def providers(canary: Canaries, bob: httpx.Client) -> Iterator[httpx.Response]:
    """Every secret of every provider, planned."""
    for provider in PROVIDERS.values():
        for variant in provider.variants:
            settings = {
                s.field + "_plaintext": canary(f"{provider.key} {variant.key} {s.field}")
                for s in provider.fields(variant.key)
                if s.secret
            }
            model = {"provider": provider.key, "name": "m", "task": "llm/v1/chat", provider.config: settings}
            body = {"config": {"served_entities": [{"name": "m", "external_model": model}]}}
            wanted = {"kind": "endpoint.create", "endpoint": f"k-{provider.key}", "body": body}
            yield bob.post("/api/v1/changes/plan", json={"change": wanted})
            yield make(bob, wanted)


def by_form(canary: Canaries, bob: httpx.Client) -> Iterator[httpx.Response]:
    """The same on the pages: reviewed, shown again with errors, turned into JSON, applied."""
    key = {KEY + "mode": "typed", KEY + "typed": canary("key typed into the form")}
    yield review(bob, external("", **key))
    yield bob.post("/endpoints/new/convert?to=json", data=external("k-form", **key))
    yield (reviewed := review(bob, external("k-form", **key)))
    yield bob.get(reviewed.headers["location"])
    yield apply(bob, external("k-form", **key))
    variable = ENTITY + "environment_vars[0]."
    fields = {variable + "name": "MODE", variable + "mode": "typed", variable + "typed": canary("variable of a form")}
    yield review(bob, custom_form("", **fields))
    yield apply(bob, custom_form("k-variable", **fields))
    edited = {**opened(bob, "k-env"), variable + "typed": canary("variable typed anew")}
    yield bob.post("/endpoints/k-env/config/changes", data=edited)
    yield bob.post("/endpoints/k-env/config/convert?to=json", data=edited)
    yield (reviewed := press(bob, "k-env", {**edited, ENTITY + "workload_size": "Large"}))
    yield bob.get(reviewed.headers.get("location", "/endpoints"))
    yield bob.get(f"/endpoints/k-env/config?draft={reviewed.headers.get('location', '').rpartition('/')[2]}")
    headers = f'{{"Authorization": "Bearer {canary("header for a service outside")}"}}'
    # The page shows a person's own request again; only what stays of it counts.
    bob.post("/http-request", data={"connection": "x", "method": "GET", "path": "/", "headers": headers})
