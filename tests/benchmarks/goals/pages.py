"""P5, P4: the list of endpoints. It costs what the page costs, not the fleet; a refresh must not hold others up."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import httpx

from tests.benchmarks.harness import Row, in_turn, percentile, ratio, spent
from tests.benchmarks.site import TOKEN, person, portal, workspace
from tests.servers import ROOT, Portal, answers, bare_environment, free_port

VIEWS = 400
POLLS = 2000
ROUNDS = 3
SDK_LIST = """
import sys, time
from databricks.sdk import WorkspaceClient
client = WorkspaceClient(host=sys.argv[1], token=sys.argv[2])
list(client.serving_endpoints.list())
before = time.process_time()
for _ in range(3):
    list(client.serving_endpoints.list())
print((time.process_time() - before) / 3)
"""
BARE = """
import sys, uvicorn
from fastapi import FastAPI, Response
app = FastAPI(openapi_url=None)
app.get("/healthz")(lambda: "alive")
@app.get("/endpoints/table")
async def unchanged(): return Response(status_code=304, headers={"ETag": 'W/"1"'})
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


def measure() -> list[Row]:
    """The page at 100 and 5,000 endpoints beside the SDK's list(), and /healthz while the 5,000 are read again."""
    # The listing is kept for the whole of a round: what is measured is the page, the refresh is the row after it.
    with (
        workspace("fleet:100") as few,
        workspace("fleet:5000") as many,
        portal(few, PORTAL_LIST_STALE_S="600") as small,
        portal(many, PORTAL_LIST_STALE_S="600") as large,
        portal(many, PORTAL_LIST_STALE_S="0") as eager,
        bare() as floor,
    ):
        seen = in_turn(
            ROUNDS,
            small=lambda: views(small),
            large=lambda: views(large),
            search=lambda: views(large, "/endpoints/table?q=churn"),
            sdk=lambda: sdk_list(many),
            poll=lambda: polls(large.url, large.pid),
            floor=lambda: polls(*floor),
        )
        calm = in_turn(ROUNDS, idle=lambda: longest_wait(large, 0), refreshing=lambda: longest_wait(eager, 3))
    told = {name: f"{percentile(values, 0.5) * 1000:.1f} ms CPU" for name, values in seen.items()}
    waits = {name: f"{percentile(values, 0.5) * 1000:.0f} ms" for name, values in calm.items()}
    return [
        Row("P5", "list page, 5,000 / 100 endpoints", told["large"], told["small"],
            ratio(seen["large"], seen["small"]), 1.2),
        Row("P5", "list page of 5,000 / SDK list()", told["large"], told["sdk"],
            ratio(seen["large"], seen["sdk"]), 0.005),
        Row("P5", "search in 5,000 / its page", told["search"], told["large"], ratio(seen["search"], seen["large"]), 2),
        Row("P5", "list page of 5,000 / a bare FastAPI's 304", told["large"], told["floor"],
            ratio(seen["large"], seen["floor"]), 10),
        Row("P5", "poll of it with nothing new / that 304", told["poll"], told["floor"],
            ratio(seen["poll"], seen["floor"]), 4),
        Row("P4", "p99 of /healthz, refreshing 5,000 / idle", waits["refreshing"], waits["idle"],
            ratio(calm["refreshing"], calm["idle"]), 10),
    ]  # fmt: skip


def views(one: Portal, path: str = "/endpoints") -> float:
    """CPU seconds of the portal for one view of the page."""
    with person(one.url) as who:
        who.get(path).raise_for_status()
        return spent(one.pid, lambda: [who.get(path).raise_for_status() for _ in range(VIEWS)]) / VIEWS


def polls(url: str, pid: int) -> float:
    """CPU seconds of one poll of the rows that brings nothing new."""
    with person(url) as who:
        tag = who.get("/endpoints/table?live=1").headers["ETag"]

        def ask() -> bool:
            return who.get("/endpoints/table?live=1", headers={"If-None-Match": tag}).status_code == 304

        assert ask()

        return spent(pid, lambda: [ask() for _ in range(POLLS)]) / POLLS


@contextmanager
def bare() -> Iterator[tuple[str, int]]:
    """Address and process of a FastAPI that does nothing but answer 304."""
    port = free_port()
    child = subprocess.Popen([sys.executable, "-c", BARE, str(port)], cwd=ROOT, env=bare_environment())
    url = f"http://127.0.0.1:{port}"
    try:
        while not answers(f"{url}/healthz"):
            assert child.poll() is None, "the bare app did not start"
            time.sleep(0.05)
        yield url, child.pid
    finally:
        child.terminate()
        child.wait(15)


def sdk_list(url: str) -> float:
    """CPU seconds of one list() with a client at hand, in a process of its own."""
    command = [sys.executable, "-c", SDK_LIST, url, TOKEN]
    done = subprocess.run(command, cwd=ROOT, env=bare_environment(), capture_output=True, text=True, check=True)
    return float(done.stdout)


def longest_wait(one: Portal, readers: int) -> float:
    """The 99th percentile of 150 answers of /healthz, seconds, while that many people read the list anew."""
    done = Event()
    crowd = [Thread(target=_read_on, args=(one.url, done)) for _ in range(readers)]
    for reader in crowd:
        reader.start()
    with httpx.Client(base_url=one.url, trust_env=False) as client:
        waits = []
        for _ in range(150):
            before = time.perf_counter()
            client.get("/healthz").raise_for_status()
            waits.append(time.perf_counter() - before)
            time.sleep(0.01)  # the pace of a monitor, not a condition waited for
    done.set()
    for reader in crowd:
        reader.join()
    return percentile(waits, 0.99)


def _read_on(url: str, done: Event) -> None:
    with person(url) as who:
        while not done.wait(0.5):
            who.get("/endpoints")
