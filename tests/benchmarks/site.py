"""What is measured: a workspace and the portal before it, each a process of its own, and who asks."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.servers import ROOT, Portal, answers, bare_environment, free_port

TOKEN = "dapi-alice"  # of the embedded workspace
WITHIN_S = 60.0


@contextmanager
def process(health: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m` with these words, once `health` answers 200; ended afterwards."""
    child = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=bare_environment())
    try:
        deadline = time.monotonic() + WITHIN_S
        while not answers(health):
            if child.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{' '.join(command)} did not start")
            time.sleep(0.05)
        yield child
    finally:
        child.terminate()
        child.wait(15)


@contextmanager
def workspace(seed: str) -> Iterator[str]:
    """The address of an embedded workspace."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    words = ("web.emulator", "--port", str(port), "--seed", seed, "--speed", "2000")
    with process(f"{url}/.well-known/databricks-config", *words):
        yield url


@contextmanager
def portal(upstream: str, **settings: str) -> Iterator[Portal]:
    """A portal set up as in production before that workspace, warm: one page has been asked for."""
    usual = {"PORTAL_LIST_STALE_S": "3", "PORTAL_STREAMS_PER_PERSON": "10000", "PORTAL_LOOK_EVERY_S": "0"}
    usual |= {"PORTAL_PATTERNS": "false"}
    with TemporaryDirectory() as folder:
        one = Portal(upstream, Path(folder), usual | settings).start()
        try:
            with person(one.url) as who:
                who.get("/endpoints").raise_for_status()
            yield one
        finally:
            one.stop()


def person(url: str) -> httpx.Client:
    """Alice as the Apps proxy passes her on."""
    headers = {"X-Forwarded-Access-Token": TOKEN, "Authorization": f"Bearer {TOKEN}", "Sec-Fetch-Site": "same-origin"}
    return httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)
