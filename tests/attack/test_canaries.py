"""Secrets that people type stay nowhere: not in the database, a log at DEBUG, a page or an export."""

import base64
import html
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from tests.features.changes.support import change, custom, fault, make
from tests.servers import ROOT, Portal, app_environment

if TYPE_CHECKING:
    from web.emulator.server import Emulator

TOKEN = "dapi-bob"
KEY, PLAIN, PASSWORD = "sk-CANARY-key-7f3a9", "CANARY/plain+value=51c", "CANARY pass\"word'<9e>"
CANARIES = (TOKEN, KEY, PLAIN, PASSWORD, "portal-secret")
READ = (
    "/endpoints", "/endpoints/{}", "/endpoints/{}/config", "/endpoints/{}/history", "/endpoints/{}/traffic", "/audit",
    "/audit?q=CANARY", "/api/v1/audit", "/api/v1/audit/export?format=jsonl", "/api/v1/audit/export?format=csv",
    "/api/v1/audit/export?format=cef", "/about", "/readyz", "/metrics",
)  # fmt: skip


def spellings(secret: str) -> set[bytes]:
    """How a text may look once somebody has put it into JSON, HTML, an address or base64."""
    json_text = json.dumps(secret)[1:-1]
    forms = {secret, json_text, json.dumps(json_text)[1:-1], html.escape(secret), quote(secret), quote(secret, safe="")}
    return {form.encode() for form in forms} | {base64.b64encode(secret.encode())}


def found(where: str, data: bytes) -> list[str]:
    """Which secrets are in `data`."""
    return [f"{secret!r} in {where}" for secret in CANARIES if any(form in data for form in spellings(secret))]


def external(name: str, **config: str) -> dict[str, Any]:
    """A change that creates an external model with secrets in plain text."""
    model = {"name": "gpt-4o", "provider": "openai", "task": "llm/v1/chat", "openai_config": config}
    entities = [{"name": "gpt", "external_model": model}]
    return {"kind": "endpoint.create", "endpoint": name, "body": {"config": {"served_entities": entities}}}


def with_plain(name: str, value: str) -> dict[str, Any]:
    """A change that creates a custom model with a plain environment variable."""
    wanted = custom(name)
    wanted["body"]["config"]["served_entities"][0]["environment_vars"] = {"PASSWORD": value}
    return wanted


def drive(bob: httpx.Client, emulator: "Emulator") -> list[str]:
    """Secrets through changes that succeed, are refused, get lost, collide, and are not even a change."""
    path = "/api/2.0/serving-endpoints"
    told = [
        make(bob, external("canary-a", openai_api_key_plaintext=KEY)),
        make(bob, external("canary-a", openai_api_key_plaintext=KEY), key="again"),
        make(bob, with_plain("canary-b", PLAIN)),
        make(bob, {"kind": "endpoint.create", "endpoint": "canary-c", "body": {"config": KEY, "token": PASSWORD}}),
        bob.post("/api/v1/changes/plan", json={"change": external("canary-d", openai_api_key_plaintext=PASSWORD)}),
        bob.post(
            "/api/v1/changes", content=f'{{"change": "{KEY}'.encode(), headers={"Content-Type": "application/json"}
        ),
    ]
    for kind in ("drop_reply", "garbage", "truncate"):
        fault(emulator, "POST", path, kind)
        told.append(make(bob, with_plain(f"canary-{kind.replace('_', '-')}", PASSWORD)))
    echo = f'{{"error_code": "BAD_REQUEST", "message": "bad value {KEY}"}}'
    fault(emulator, "POST", path, "status", status=400, body=json.loads(echo))
    told.append(make(bob, external("canary-e", openai_api_key_plaintext=KEY)))
    entity: dict[str, Any] = {
        "name": "churn-1",
        "entity_name": "main.ml.churn",
        "entity_version": "1",
        "workload_size": "Small",
    }
    entity |= {"scale_to_zero_enabled": False, "environment_vars": {"PASSWORD": PASSWORD}}
    told.append(make(bob, change("config.update", "canary-b", served_entities=[entity]), base={"hash": "stale"}))
    form = {"name": "canary-f", "kind": "custom", "entities[0].environment_vars[0].key": "P"}
    told.append(bob.post("/endpoints/new?kind=custom", data=form | {"entities[0].environment_vars[0].value": PLAIN}))
    return [hit for number, answer in enumerate(told) for hit in found(f"answer {number}", answer.content)]


def test_no_secret_is_kept_or_told(emulator: "Emulator", start_portal: Callable[..., Portal], tmp_path: Path) -> None:
    portal = start_portal(PORTAL_LOG_LEVEL="DEBUG", PORTAL_METRICS="true")
    headers = {"X-Forwarded-Access-Token": TOKEN, "X-Forwarded-Email": "bob@example.com"}
    with httpx.Client(base_url=portal.url, headers=headers | {"Sec-Fetch-Site": "same-origin"}, timeout=30) as bob:
        hits = drive(bob, emulator)
        for address in READ:
            for name in ("canary-a", "canary-b"):
                hits += found(address, bob.get(address.format(name)).content)
        for operation in bob.get("/api/v1/audit?limit=50").json()["operations"]:
            hits += found("the operation's page", bob.get(f"/audit/{operation['id']}").content)
    files = [path for path in portal.data_dir.rglob("*") if path.is_file()]
    assert any(path.name == "portal.db" for path in files)
    for path in [*files, portal.log]:
        hits += found(path.name, path.read_bytes())
    environment = app_environment(emulator.url, 0, portal.data_dir)
    command = [sys.executable, "-m", "web", "audit", "export", "--format", "jsonl"]
    export = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True)
    assert b"canary-a" in export.stdout
    hits += found("the exported history", export.stdout + export.stderr)
    assert hits == []
