"""P10: how soon the portal answers, and what it holds, beside a bare app that imports the whole SDK first."""

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.harness import Row, in_turn, percentile, ratio, rss_mb, took
from tests.benchmarks.site import person, portal, workspace
from tests.servers import ROOT, Portal, answers, bare_environment, free_port

ROUNDS = 3
EAGER = """
import sys
import uvicorn
from databricks.sdk import WorkspaceClient
from fastapi import FastAPI
from sqlmodel import Session
app = FastAPI()
app.get("/healthz")(lambda: "ok")
uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
"""


def measure() -> list[Row]:
    """Until /healthz (workspace there and not), until the first list page, and memory at rest."""
    with workspace("demo") as behind, TemporaryDirectory() as folder:
        nowhere = f"http://127.0.0.1:{free_port()}"
        seen = in_turn(
            ROUNDS,
            health=lambda: start(behind, folder),
            alone=lambda: start(nowhere, folder),
            page=lambda: start(behind, folder, "/endpoints"),
            eager=lambda: eager()[0],
        )
        with portal(behind) as fresh:
            first = rss_mb(fresh.pid)
        memory = in_turn(1, portal=lambda: resting(behind, folder), eager=lambda: eager()[1])
    told = {name: f"{percentile(values, 0.5):.2f} s" for name, values in seen.items()}
    held = {name: f"{values[0]:.0f} MB" for name, values in memory.items()}
    return [
        Row("P10", "start until /healthz / FastAPI with the SDK", told["health"], told["eager"],
            ratio(seen["health"], seen["eager"]), 0.45),
        Row("P10", "start without a workspace / with one", told["alone"], told["health"],
            ratio(seen["alone"], seen["health"]), 1.2),
        Row("P10", "start until the first page / FastAPI with the SDK", told["page"], told["eager"],
            ratio(seen["page"], seen["eager"])),
        Row("P10", "memory at rest / FastAPI with the SDK", held["portal"], held["eager"],
            ratio(memory["portal"], memory["eager"]), 0.75),
        Row("P10", "memory where it made its tables / FastAPI with the SDK", f"{first:.0f} MB", held["eager"],
            first / memory["eager"][0]),
    ]  # fmt: skip


def start(upstream: str, folder: str, path: str = "") -> float:
    """Seconds from the process's start to the first 200. The data folder is that of a portal that ran before."""
    one = Portal(upstream, Path(folder))

    def begin() -> None:
        one.start(early=True)
        if path:
            with person(one.url) as who:
                who.get(path).raise_for_status()

    try:
        return took(begin)
    finally:
        one.stop()


def resting(upstream: str, folder: str) -> float:
    """MB of a portal that ran before, after its first page."""
    one = Portal(upstream, Path(folder)).start()
    try:
        with person(one.url) as who:
            who.get("/endpoints").raise_for_status()
        return rss_mb(one.pid)
    finally:
        one.stop()


def eager() -> tuple[float, float]:
    """Seconds until the bare app answers, and its memory in MB."""
    port, before = free_port(), time.perf_counter()
    child = subprocess.Popen([sys.executable, "-c", EAGER, str(port)], cwd=ROOT, env=bare_environment())
    try:
        while not answers(f"http://127.0.0.1:{port}/healthz"):
            if child.poll() is not None:
                raise SystemExit("the bare app did not start")
            time.sleep(0.05)
        return time.perf_counter() - before, rss_mb(child.pid)
    finally:
        child.terminate()
        child.wait(15)
