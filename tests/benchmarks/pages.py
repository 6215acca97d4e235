"""P5, P6, P7: what pages cost, how often they ask the workspace, how much travels to a browser."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
from databricks.sdk import WorkspaceClient

from tests.benchmarks.servers import cpu_ms, pair
from tests.benchmarks.table import Figure, in_turn

ASSET = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js|woff2|svg))"')
COLD_BYTES, COLD_REQUESTS = 130 * 1024, 12


def listing(small: int = 100, large: int = 5000) -> list[Figure]:
    """P5: the list page at 5,000 endpoints against 100, from a listing at hand; a refresh against the SDK's list()."""
    kept = {"PORTAL_LIST_STALE_S": "3600"}
    with pair(f"fleet:{small}", **kept) as (few, _, one), pair(f"fleet:{large}", **kept) as (many, emulator, other):
        one.get("/endpoints"), other.get("/endpoints")
        sides = in_turn(
            lambda: cpu_ms(many.pid, lambda: other.get("/endpoints"), 40),
            lambda: cpu_ms(few.pid, lambda: one.get("/endpoints"), 40),
            5,
        )
        page = Figure("P5", f"CPU of a list page, {large} endpoints : {small}", *sides, "ms", 1.2)
        return [page, _refresh(emulator.url, large)]


def _refresh(url: str, large: int) -> Figure:
    sdk = WorkspaceClient(host=url, token="dapi-bob", auth_type="pat")
    with pair(f"fleet:{large}") as (portal, _, bob):

        def by_sdk() -> float:
            began = time.process_time()
            list(sdk.serving_endpoints.list())
            return (time.process_time() - began) * 1000

        bob.get("/endpoints"), by_sdk()
        mine, theirs = in_turn(lambda: cpu_ms(portal.pid, lambda: bob.get("/endpoints"), 5), by_sdk, 5)
    return Figure("P5", f"CPU of a page with a fresh listing of {large} : SDK list() alone", mine, theirs, "ms", 1.0)


def watching() -> list[Figure]:
    """P6: questions to the workspace while 50 tabs of one person follow one endpoint, for each answer given."""
    with pair() as (_, emulator, bob):
        httpx.delete(f"{emulator.url}/_emulator/requests")
        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda _: bob.get("/endpoints/churn/status").status_code, range(200)))
        log = httpx.get(f"{emulator.url}/_emulator/requests").json()
        rows = log["requests"] if isinstance(log, dict) else log
    asked = sum(row["path"].endswith("/serving-endpoints/churn") for row in rows)
    return [Figure("P6", "questions to the workspace : status answers, 50 tabs at once", asked, len(answers), "", None)]


def weight() -> list[Figure]:
    """P7: bytes and requests of the list page with a cold cache, compressed as a browser gets them."""
    with pair() as (_, _, bob):
        headers = {"Accept-Encoding": "gzip, br"}
        page = bob.get("/endpoints", headers=headers)
        assets = sorted(set(ASSET.findall(page.text)))
        sizes = [int(a.headers.get("content-length", 0)) for a in (bob.get(p, headers=headers) for p in assets)]
    total = int(page.headers.get("content-length", len(page.content))) + sum(sizes)
    return [
        Figure("P7", "bytes of the first view, cold cache : 130 KiB", total / 1024, COLD_BYTES / 1024, "KiB", 1.0),
        Figure("P7", "requests of the first view, cold cache : 12", len(assets) + 1, COLD_REQUESTS, "", 1.0),
    ]
