"""P13: one person's pages while another floods the portal, and while one endpoint of the workspace hangs.

`python -m tests.benchmarks.goals.crowding flood|hang URL` is the other person: a process of its own that leaves the
processor to the portal, as people elsewhere do.
"""

import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack, suppress

import httpx

from tests.benchmarks.harness import Row, in_turn, percentile, ratio
from tests.benchmarks.site import person, portal, workspace
from tests.servers import ROOT

ROUNDS = 3
PAGES = 40
PAUSE_S = 0.05
HANDS = 6
WAITING = 12
SLOW = "support-desk"
MODEL = "databricks-meta-llama-3-3-70b-instruct"
BOB = {"X-Forwarded-Access-Token": "dapi-bob", "Authorization": "Bearer dapi-bob", "Sec-Fetch-Site": "same-origin"}
PLACES = ("/endpoints/churn", "/endpoints", "/audit")


def measure() -> list[Row]:
    """The 95th percentile of alice's pages beside the same person's when nobody else is there; errors stop it."""
    limits = {"PORTAL_STREAMS_PER_PERSON": "8", "PORTAL_CHANGES_PER_MINUTE": "30"}
    with workspace("demo") as behind, portal(behind, **limits) as ours:
        seen = in_turn(
            ROUNDS,
            idle=lambda: pages(ours.url),
            flood=lambda: beside(flooding(ours.url), ours.url),
            slow=lambda: beside(hanging(ours.url, behind), ours.url),
        )
    mid = {name: f"{percentile(values, 0.5) * 1000:.0f} ms" for name, values in seen.items()}
    flood, slow = ratio(seen["flood"], seen["idle"]), ratio(seen["slow"], seen["idle"])
    return [
        Row("P13", f"p95 of a page, {HANDS} hands of another person flood / idle", mid["flood"], mid["idle"], flood, 2),
        Row("P13", f"p95 of a page, {WAITING} wait for a hanging endpoint / idle", mid["slow"], mid["idle"], slow, 2),
    ]


def pages(url: str) -> float:
    """The 95th percentile of the wait for a page of alice's, seconds. SystemExit when one is refused."""
    waits = []
    with person(url) as alice:
        for turn in range(PAGES):
            began = time.perf_counter()
            answer = alice.get(PLACES[turn % len(PLACES)])
            waits.append(time.perf_counter() - began)
            if answer.status_code != 200:
                raise SystemExit(f"{answer.request.url} was answered with {answer.status_code} for the other person")
            time.sleep(PAUSE_S)
    return percentile(waits, 0.95)


def beside(trouble: ExitStack, url: str) -> float:
    """`pages` while there is trouble."""
    with trouble:
        return pages(url)


def flooding(url: str) -> ExitStack:
    """Bob's hands: pages, changes and streams without a pause."""
    return _other("flood", url)


def hanging(url: str, behind: str) -> ExitStack:
    """One endpoint does not answer, and bob waits for it in many windows."""
    fault = {"match": {"path": f"/api/2.0/serving-endpoints/{SLOW}*"}, "fault": "delay", "delay_s": 8}
    httpx.post(f"{behind}/_emulator/faults", json=fault, timeout=10).raise_for_status()
    stack = _other("hang", url)
    stack.callback(httpx.delete, f"{behind}/_emulator/faults", timeout=10)
    return stack


def _other(what: str, url: str) -> ExitStack:
    words = [sys.executable, "-m", "tests.benchmarks.goals.crowding", what, url]
    child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.readline()  # its hands are at work
    stack = ExitStack()
    stack.callback(child.stdout.close)
    stack.callback(child.wait, 15)
    stack.callback(child.kill)
    return stack


def look(who: httpx.Client) -> object:
    """One page."""
    return who.get("/endpoints/churn")


def alter(who: httpx.Client) -> object:
    """One change, most of them over the limit."""
    change = {"kind": "tags.update", "endpoint": "churn", "body": {"add": {"n": uuid.uuid4().hex[:6]}}}
    return who.post("/api/v1/changes", json={"change": change}, headers={"Idempotency-Key": uuid.uuid4().hex})


def ask(who: httpx.Client) -> object:
    """One stream to its end, and one that is refused: bob may not see that endpoint."""
    body = {"messages": [{"role": "user", "content": "hello"}], "stream": True}
    who.post(f"/api/v1/endpoints/{MODEL}/invocations", json=body)
    return who.post(f"/api/v1/endpoints/{SLOW}/invocations", json=body)


def wait(who: httpx.Client) -> object:
    """One page that does not come."""
    return who.get(f"/endpoints/{SLOW}")


def hand(url: str, work: Callable[[httpx.Client], object]) -> None:
    """The same again and again."""
    with httpx.Client(base_url=url, headers=BOB, timeout=30, trust_env=False) as who:
        while True:
            with suppress(httpx.HTTPError):
                work(who)


if __name__ == "__main__":
    os.nice(19)
    works = [look, alter, ask] * (HANDS // 3) if sys.argv[1] == "flood" else [wait] * WAITING
    for one in works:
        threading.Thread(target=hand, args=(sys.argv[2], one)).start()
    print("at work", flush=True)
