"""P6, P12: people with the same endpoint's page open, each asking for its status every three seconds."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.benchmarks.harness import Row, in_turn, percentile, ratio, spent
from tests.benchmarks.site import person, portal, workspace
from tests.servers import Portal

PEOPLE = (1, 10, 50)
ASKS = 6
ROUNDS = 3


def measure() -> list[Row]:
    """CPU for each answer with 1, 10 and 50 watching, and what the workspace is asked for each."""
    with workspace("demo") as behind, portal(behind) as ours:
        with person(ours.url) as who:
            name = who.get("/api/v1/endpoints").json()["endpoints"][0]["name"]
        path = f"/endpoints/{name}/status"
        watch(ours, path, 5)
        cost = in_turn(ROUNDS, **{str(n): lambda n=n: watch(ours, path, n) for n in PEOPLE})
        calls = {n: asked(behind, lambda n=n: watch(ours, path, n)) / (n * ASKS * repeats(n)) for n in PEOPLE}
    told = {name: f"{percentile(values, 0.5) * 1000:.1f} ms CPU" for name, values in cost.items()}
    rows = [
        Row("P12", f"status, {n} people watching / 1", told[str(n)], told["1"], ratio(cost[str(n)], cost["1"]), 1.2)
        for n in PEOPLE[1:]
    ]
    return rows + [
        Row("P6", f"calls of the workspace a status, {n} people / 1", f"{calls[n]:.2f}", f"{calls[1]:.2f}",
            calls[n] / max(calls[1], 1e-9), 1)
        for n in PEOPLE[1:]
    ]  # fmt: skip


def repeats(people: int) -> int:
    """How often a crowd asks, so that few people keep the clock busy as long as many."""
    return max(1, PEOPLE[-1] // people)


def watch(ours: Portal, path: str, people: int) -> float:
    """CPU seconds of the portal for one answer, that many people asking at once."""
    asks = ASKS * repeats(people)

    def one(who: httpx.Client) -> None:
        for _ in range(asks):
            who.get(path).raise_for_status()

    clients = [person(ours.url) for _ in range(people)]
    with ThreadPoolExecutor(people) as pool:
        used = spent(ours.pid, lambda: list(pool.map(one, clients)))
    for who in clients:
        who.close()
    return used / (people * asks)


def asked(workspace_url: str, work: object) -> int:
    """Requests that reach the workspace while `work` runs."""
    with httpx.Client(base_url=workspace_url, trust_env=False) as client:
        client.delete("/_emulator/requests").raise_for_status()
        assert callable(work)
        work()
        log = client.get("/_emulator/requests").json()
    return len(log["requests"] if isinstance(log, dict) else log)
