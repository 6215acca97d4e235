"""A secret given to the portal is afterwards nowhere: not in its database, its log, its pages, its exports."""

import base64
import gzip
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from tests.attack.canaries import Canaries
from tests.attack.secretive import by_api, by_form
from tests.identity.test_whose_token import VOLUME, addresses, headers
from tests.servers import Portal, app_environment, free_port
from web.emulator.server import Emulator

SOAK = os.environ.get("PORTAL_SOAK") == "1"
OWN_VIEW = re.compile(r"/api/v1/endpoints/[^/]+")
"""What the workspace itself says to this person: their variables too. It is passed on and kept nowhere."""
EXPORT = [sys.executable, "-m", "web", "audit", "export", "--format", "jsonl"]
MINE = ("k-env", "k-key", "k-form", "k-variable", "k-lost-0", "k-lost-1")


def test_the_search_finds_every_spelling() -> None:
    canary = Canaries()
    value = canary("here")
    raw = value.encode()
    coded = [base64.b64encode(b"ab"[:offset] + raw + b"cd") for offset in range(3)]
    for blob in (b"..." + raw, *coded, raw.hex().encode(), gzip.compress(raw)):
        assert canary.found(blob, "blob"), blob
    assert canary.found(b"cnry", "blob") == []


def test_no_secret_is_left_anywhere(start_portal: Callable[..., Portal], emulator: Emulator, tmp_path: Path) -> None:
    canary = Canaries()
    for place, value in (("bob's token", "dapi-bob"), ("the app's own secret", "portal-secret")):
        canary.also(place, value)
    audit_key = canary.also("the chain's key", "audit" + canary("part of the chain's key"))
    portal = start_portal(
        PORTAL_LOG_LEVEL="DEBUG", PORTAL_METRICS="true", PORTAL_AUDIT_VOLUME=VOLUME, PORTAL_AUDIT_KEY=audit_key,
        PORTAL_SNAPSHOT_EVERY_S="1", PORTAL_SETTLE_EVERY_S="1",
    )  # fmt: skip
    who = {k: v for k, v in headers("bob").items() if k != "Idempotency-Key"} | {"Sec-Fetch-Site": "same-origin"}
    leaks: list[str] = []
    with httpx.Client(base_url=portal.url, headers=who, timeout=30, trust_env=False) as bob:
        for did in (by_api(canary, bob, emulator), by_form(canary, bob)):
            for answer in did:
                assert answer.status_code < 500 or answer.status_code == 503, answer.text
                leaks += canary.found(answer.content, f"{answer.status_code} {answer.request.method} {answer.url.path}")
        assert len(canary.made) > 45
        for path in pages(bob, tmp_path):
            seen = bob.get(path).content
            leaks += [] if OWN_VIEW.fullmatch(path) else canary.found(seen, path)
    portal.stop()
    told = subprocess.run(EXPORT, env=portal_environment(portal, emulator), capture_output=True, timeout=60, check=True)
    assert b"k-variable" in told.stdout
    leaks += canary.found(told.stdout + told.stderr, "audit export")
    left = [*left_behind(portal, emulator)]
    assert {"portal.log", "portal.db"} <= {name for name, _ in left}
    assert any(name.startswith("/Volumes") for name, _ in left)
    leaks += [leak for name, blob in left for leak in canary.found(blob, name)]
    assert not leaks, "\n" + "\n".join(sorted(set(leaks)))


def pages(bob: httpx.Client, folder: Path) -> Iterator[str]:
    """Every address that shows something of these endpoints, of every operation on them, and every export."""
    done = bob.get("/api/v1/audit?limit=200").json()["operations"]
    assert {"success", "refused"} <= {one["outcome"] for one in done}
    for name in MINE if SOAK else MINE[:1]:
        mine = [one["id"] for one in done if one["endpoint"] == name]
        assert mine, name
        yield from addresses(folder, [name], {"op_id": mine[0], "draft_id": "0" * 8, "entity": "gpt"})
    yield from (f"/audit/{one['id']}" for one in done)
    yield from (f"/api/v1/changes/{one['id']}" for one in done)
    yield from (f"/api/v1/audit?format={kind}" for kind in ("jsonl", "csv", "cef"))
    yield from ("/metrics", "/readyz", "/audit?q=cnry")


def portal_environment(portal: Portal, emulator: Emulator) -> dict[str, str]:
    """For a command beside the portal."""
    return app_environment(emulator.url, 0, portal.data_dir) | {"PORTAL_LOG_LEVEL": "DEBUG"}


def left_behind(portal: Portal, emulator: Emulator) -> Iterator[tuple[str, bytes]]:
    """What the process wrote: its log, its data folder, its copies on the volume."""
    yield portal.log.name, portal.log.read_bytes()
    for file in sorted(portal.data_dir.rglob("*")):
        if file.is_file():
            yield file.name, file.read_bytes()
    for volume in emulator.world.volumes.by_path.values():
        yield from ((path, stored.body) for path, stored in volume.files.items())


def test_a_start_that_fails_tells_no_password(emulator: Emulator, tmp_path: Path) -> None:
    canary = Canaries()
    url = f"postgresql+psycopg://app:{canary('password of the database')}@127.0.0.1:{free_port()}/x?connect_timeout=2"
    settings = {
        "PORTAL_DATABASE_URL": url,
        "PORTAL_LOG_LEVEL": "DEBUG",
        "DATABRICKS_CLIENT_SECRET": canary("a wrong secret of the app"),
    }
    environment = app_environment(emulator.url, free_port(), tmp_path / "data") | settings
    command = [sys.executable, "-m", "web", "audit", "verify"]
    ended = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert ended.returncode != 0
    assert canary.found(ended.stdout + ended.stderr, "its words") == []
