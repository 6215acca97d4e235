"""Runs what Review shows as code against the embedded workspace, each time from the same seed, as people would run it:
curl in a real shell, Python with the real SDK, and the CLI's words through the SDK's own request classes."""

import dataclasses
import inspect
import json
import os
import runpy
import subprocess
import typing
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
from databricks.sdk import WorkspaceClient

from web.emulator.server import Emulator

ENDPOINTS = "/api/2.0/serving-endpoints"
PERMISSIONS = "/api/2.0/permissions/serving-endpoints"
MOVING = ("id", "creation_timestamp", "last_updated_timestamp", "start_time", "object_id", "details", "endpoint_url")
PROFILE = "it's mine"
APP = "retention-dashboard"
# A stand-in for the CLI: keeps the words it was called with, and answers `get` with an id to be filled in later.
CLI = """#!/bin/sh
{ printf '%s\\0' "$@"; printf '\\n'; } >> "$WORDS"
if [ "$2" = get ]; then echo '{"id": "THE-ID"}'; fi
"""


class Bench:
    """`portal` is a client of bob's at the portal; the workspace answers him too."""

    def __init__(self, emulator: Emulator, portal: httpx.Client, folder: Path) -> None:
        self.emulator, self.portal, self.folder = emulator, portal, folder
        self.client = httpx.Client(base_url=emulator.url, headers={"Authorization": "Bearer dapi-bob"}, trust_env=False)
        self.profile = folder / "databrickscfg"
        self.profile.write_text(f"[{PROFILE}]\nhost = {emulator.url}\ntoken = dapi-bob\n")

    def afresh(self, before: list[tuple[str, str, Any]]) -> None:
        """Back to the seed, with the secret that external models refer to, and with the writes of `before` made."""
        self.client.post("/_emulator/reset").raise_for_status()
        self.emulator.world.secrets.add("spelled", "bob@example.com").keys["key"] = ("v", 0)
        for method, path, body in before:
            self.client.request(method, path, json=body).raise_for_status()
        self._settle()
        self.client.delete("/_emulator/requests").raise_for_status()

    def _settle(self) -> None:
        self.client.post("/_emulator/clock", json={"advance_s": 7200}).raise_for_status()

    def texts(self, change: dict[str, Any]) -> dict[str, str]:
        """What the portal says of the change as it is now, its profile filled in."""
        plan = self.portal.post("/api/v1/changes/plan", json={"change": change}).json()
        assert plan["blockers"] == []
        code = plan["as_code"]
        for language in ("cli", "python"):
            assert "<PROFILE>" in code[language]
        quoted = {"cli": "'it'\\''s mine'", "python": PROFILE}
        return {key: text.replace("<PROFILE>", quoted.get(key, PROFILE)) for key, text in code.items()}

    def apply(self, change: dict[str, Any]) -> None:
        """Apply, in the portal."""
        key = {"Idempotency-Key": uuid.uuid4().hex}
        answer = self.portal.post(
            "/api/v1/changes", json={"change": change, "acknowledged": ["schema-breaking"]}, headers=key
        )
        assert answer.status_code == 201, answer.text

    def state(self, name: str) -> dict[str, Any]:
        """What the endpoint has become once settled, and the writes that were received."""
        self._settle()
        log = self.client.get("/_emulator/requests").json()["requests"]
        writes = [(r["method"], r["status"]) for r in log if r["method"] != "GET" and r["path"].startswith("/api/2.0")]
        found = self.client.get(f"{ENDPOINTS}/{name}").json()
        grants = self.client.get(f"{PERMISSIONS}/{found.get('id', 'none')}").json()
        assert writes
        assert all(status < 300 for _, status in writes), writes
        app = self.client.get(f"/api/2.0/apps/{APP}").json().get("resources")
        return {"writes": writes, "endpoint": still(found), "grants": still(grants), "app": app}

    def curl(self, text: str) -> None:
        """Pasted into bash."""
        self._shell(text, {"DATABRICKS_TOKEN": "dapi-bob"})

    def python(self, text: str) -> None:
        """Run as a program, with the profile file."""
        program = self.folder / "spelled.py"
        program.write_text(text, encoding="utf-8")
        runpy.run_path(str(program))

    def cli(self, text: str) -> None:
        """Pasted into bash; what the CLI was called with is sent with the SDK, through the classes of its methods."""
        stand_in, words = self.folder / "databricks", self.folder / "words"
        stand_in.write_text(CLI)
        stand_in.chmod(0o755)
        words.write_text("")
        self._shell(text, {"WORDS": str(words), "PATH": f"{self.folder}:{os.environ['PATH']}"})
        for line in words.read_text(encoding="utf-8").split("\0\n"):
            if line:
                self._send(line.split("\0"))

    def _send(self, words: list[str]) -> None:
        assert words[-2:] == ["--profile", PROFILE]
        w = WorkspaceClient(profile=PROFILE)
        body = json.loads(words[words.index("--json") + 1]) if "--json" in words else None
        if words[0] == "api":
            w.api_client.do(words[1].upper(), unquote(words[2]), body={} if body is None else body)
        elif words[1] != "get":
            method = getattr(getattr(w, words[0].replace("-", "_")), words[1].replace("-", "_"))
            target = [] if words[2].startswith("--") else [self._id_of(words[2])]
            method(*target, **arguments(method, body or {}))

    def _id_of(self, target: str) -> str:
        if target != "THE-ID":
            return target
        return str(self.client.get(f"{ENDPOINTS}/spelled").json()["id"])

    def _shell(self, text: str, settings: dict[str, str]) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("DATABRICKS")}
        done = subprocess.run(
            ["bash", "-eu", "-c", text],
            env={**kept, **settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def arguments(method: Any, body: dict[str, Any]) -> dict[str, Any]:
    """A JSON body as the arguments of an SDK method: each value becomes the class that the method asks for."""
    hints = typing.get_type_hints(inspect.unwrap(method))
    return {key: _argument(hints[key], value) for key, value in body.items()}


def _argument(hint: Any, value: Any) -> Any:
    kinds = [kind for kind in (hint, *typing.get_args(hint)) if kind is not type(None)]
    for kind in kinds:
        item = typing.get_args(kind)[0] if typing.get_origin(kind) is list else kind
        if dataclasses.is_dataclass(item):
            made: Any = item
            return [made.from_dict(one) for one in value] if isinstance(value, list) else made.from_dict(value)
    return value


def still(value: Any) -> Any:
    """Without ids and times, which differ from try to try."""
    if isinstance(value, dict):
        return {k: still(v) for k, v in value.items() if k not in MOVING}
    return [still(item) for item in value] if isinstance(value, list) else value
