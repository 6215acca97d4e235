"""P2, P10, P11: the first token, start-up and memory, and a client that leaves."""

import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.benchmarks.servers import BOB, pair, rss_of
from tests.benchmarks.table import Figure, in_turn
from tests.servers import Portal
from web.emulator.server import Emulator

MODEL = "databricks-meta-llama-3-3-70b-instruct"
CHAT = {"messages": [{"role": "user", "content": "Hello there [[delay 40ms]]"}], "stream": True}
EAGER = "from databricks.sdk import WorkspaceClient; import fastapi, sqlmodel, uvicorn, aiohttp, alembic.command"
AT_REST_MIB = 150.0


def first_token() -> list[Figure]:
    """P2: time to the first token through the portal against the workspace itself, one stream at a time."""
    with pair() as (portal, emulator, _):
        there, token = f"{emulator.url}/serving-endpoints/{MODEL}/invocations", {"Authorization": "Bearer dapi-bob"}
        here = f"{portal.url}/api/v1/endpoints/{MODEL}/invocations"
        _first(here, BOB), _first(there, token)
        sides = in_turn(lambda: _first(here, BOB), lambda: _first(there, token), 15)
    return [Figure("P2", "first token through the portal : from the workspace", *sides, "ms")]


def _first(url: str, headers: dict[str, str]) -> float:
    began = time.perf_counter()
    with httpx.stream("POST", url, json=CHAT, headers=headers, timeout=30) as reply:
        for line in reply.iter_lines():
            if line.startswith("data:") and "[DONE]" not in line and _says(line[5:]):
                return (time.perf_counter() - began) * 1000
    raise AssertionError("the stream said nothing")


def _says(frame: str) -> bool:
    choices = json.loads(frame).get("choices") or [{}]
    return bool((choices[0].get("delta") or {}).get("content"))


def start() -> list[Figure]:
    """P10: from the command to /healthz against importing the SDK and the frameworks eagerly; memory at rest."""
    emulator = Emulator(seed="demo", speed=2000.0, port=0)
    emulator.start()
    try:
        with TemporaryDirectory() as folder:
            mine, eager = in_turn(lambda: _start(emulator.url, Path(folder)), _eager, 5)
            portal = Portal(emulator.url, Path(folder) / "rest").start()
            httpx.get(f"{portal.url}/endpoints", headers=BOB, timeout=60)
            resting = rss_of(portal.pid)
            portal.stop()
    finally:
        emulator.stop()
    return [
        Figure("P10", "command to /healthz : importing SDK and frameworks eagerly", mine, eager, "ms", 1.0),
        Figure("P10", "memory after the first page : 150 MiB", resting, AT_REST_MIB, "MiB", 1.0),
    ]


def _start(url: str, folder: Path) -> float:
    portal = Portal(url, folder / str(time.monotonic_ns()))
    began = time.perf_counter()
    portal.start()
    spent = (time.perf_counter() - began) * 1000
    portal.kill()
    return spent


def _eager() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", EAGER], check=True)
    return (time.perf_counter() - began) * 1000
