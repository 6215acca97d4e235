"""`make endurance MINUTES=120`: mixed use for a long while, and whether memory or latency grows.

Six people look, search, watch, ask models and change tags, each at a person's pace. Every half minute the memory, the
open files, the median answer and the portal's CPU for an answer are noted; the slopes of their second halves are told,
an hour. Ends with 1 on growth. Of the two times the CPU is judged: what else the machine does moves the other one.
"""

import json
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable
from statistics import linear_regression, median

import httpx

from tests.benchmarks.harness import cpu_s, rss_mb
from tests.benchmarks.site import person, portal, workspace
from tests.servers import Portal

PEOPLE = 6
PAUSE_S = 0.2
EVERY_S = 30.0
MOST_MB_AN_HOUR = 8.0
MOST_SHARE_AN_HOUR = 0.25

Note = tuple[float, float, float, float, float]
"""Minutes, MB, open files, median answer in ms, CPU for an answer in ms."""


def main(minutes: float) -> int:
    """Run, tell, judge."""
    with workspace("fleet:300") as behind, portal(behind, PORTAL_CHANGES_PER_MINUTE="100000") as ours:
        done, answers, failures = threading.Event(), list[float](), list[str]()
        crowd = [threading.Thread(target=live, args=(ours.url, done, answers, failures)) for _ in range(PEOPLE)]
        for one in crowd:
            one.start()
        notes = watch(ours, minutes, answers)
        done.set()
        for one in crowd:
            one.join()
        spent = cpu_s(ours.pid)
    return tell(notes, failures, spent)


def live(url: str, done: threading.Event, answers: list[float], failures: list[str]) -> None:
    """One person's round again and again."""
    with person(url) as who:
        names = [one["name"] for one in who.get("/api/v1/endpoints").json()["endpoints"]][:8]
        turn = 0
        while not done.is_set():
            for step in steps(who, names[turn % len(names)]):
                before = time.perf_counter()
                try:
                    reply = step()
                    if reply.status_code >= 500:
                        failures.append(f"{reply.status_code} {reply.request.method} {reply.request.url.path}")
                except httpx.TransportError as error:
                    failures.append(f"{type(error).__name__} {error.request.method} {error.request.url.path}")
                answers.append(time.perf_counter() - before)
                if done.wait(PAUSE_S):
                    return
            turn += 1


def steps(who: httpx.Client, name: str) -> list[Callable[[], httpx.Response]]:
    """What a person does with an endpoint in a minute."""
    tag = {"kind": "tags.update", "endpoint": name, "body": {"add": {"round": uuid.uuid4().hex}, "delete": []}}
    ask = {"messages": [{"role": "user", "content": "hello"}], "stream": True}
    return [
        lambda: who.get("/endpoints"),
        lambda: who.get("/endpoints/table", params={"q": name[:5]}),
        lambda: who.get(f"/endpoints/{name}"),
        lambda: who.get(f"/endpoints/{name}/status"),
        lambda: who.get(f"/endpoints/{name}/history"),
        lambda: who.get("/audit"),
        lambda: who.post(f"/api/v1/endpoints/{name}/invocations", json=ask),
        lambda: who.post("/api/v1/changes", json={"change": tag}, headers={"Idempotency-Key": uuid.uuid4().hex}),
    ]


def watch(ours: Portal, minutes: float, answers: list[float]) -> list[Note]:
    """A note every EVERY_S until the time is over, each printed as it is made."""
    began, notes, seen, before = time.monotonic(), list[Note](), 0, cpu_s(ours.pid)
    while time.monotonic() - began < minutes * 60:
        time.sleep(EVERY_S)
        fresh, seen = answers[seen:], len(answers)
        now = cpu_s(ours.pid)
        cost, before = (now - before) / max(len(fresh), 1), now
        files = len(os.listdir(f"/proc/{ours.pid}/fd"))
        passed = (time.monotonic() - began) / 60
        notes.append((passed, rss_mb(ours.pid), files, median(fresh) * 1000 if fresh else 0.0, cost * 1000))
        told = "{:6.1f} min  {:6.1f} MB  {:4.0f} files  median {:6.1f} ms  CPU {:5.2f} ms an answer"
        print(told.format(*notes[-1]), flush=True)
    return notes


def tell(notes: list[Note], failures: list[str], spent: float) -> int:
    """The slopes of the second half: the first one fills caches."""
    late = notes[len(notes) // 2 :]
    hours = [note[0] / 60 for note in late]
    mb, files, ms, cpu_ms = (linear_regression(hours, [note[at] for note in late]).slope for at in (1, 2, 3, 4))
    usual = median(note[4] for note in late)
    grown = [mb > MOST_MB_AN_HOUR, files > late[0][2] * 0.5, cpu_ms > usual * MOST_SHARE_AN_HOUR]
    told = {"mb_per_hour": mb, "files_per_hour": files, "median_ms_per_hour": ms, "cpu_ms_per_hour": cpu_ms}
    told |= {"median_ms": median(note[3] for note in late), "cpu_ms": usual}
    print(json.dumps({name: round(value, 2) for name, value in told.items()}), f"CPU {spent:.0f} s")
    print(f"{len(failures)} answers of 500 and above, or none", *failures[:5])
    return int(any(grown) or bool(failures))


if __name__ == "__main__":
    raise SystemExit(main(float(sys.argv[1])))
