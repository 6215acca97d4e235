"""P14: what is refused is refused at once, whatever is wrong with it."""

import time
import uuid
from typing import Any

from tests.benchmarks.harness import Row, in_turn, percentile, ratio
from tests.benchmarks.site import person, portal, workspace

ROUNDS = 3
EACH = 40
LONGEST_S = 0.05
JSON = {"Content-Type": "application/json"}
DEEP = b"[" * 5000 + b"]" * 5000
BAD_TAG = {"change": {"kind": "tags.update", "endpoint": "churn", "body": {"add": {"": "x"}}}}


def measure() -> list[Row]:
    """The 99th percentile of refusals of seven kinds, one after the other, beside 50 ms."""
    with workspace("demo") as behind, portal(behind, PORTAL_CHANGES_PER_MINUTE="100000") as ours:
        seen = in_turn(ROUNDS, refused=lambda: refusals(ours.url), longest=lambda: LONGEST_S)
    what = f"p99 of a refusal, {len(wrong('x'))} kinds / {LONGEST_S * 1000:.0f} ms"
    told = f"{percentile(seen['refused'], 0.5) * 1000:.0f} ms"
    return [Row("P14", what, told, f"{LONGEST_S * 1000:.0f} ms", ratio(seen["refused"], seen["longest"]), 1)]


def wrong(key: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Requests that nothing comes of."""
    own, changes = {"Idempotency-Key": key}, "/api/v1/changes"
    return [
        ("POST", changes, {"json": BAD_TAG, "headers": {**own, "Sec-Fetch-Site": "cross-site"}}),
        ("GET", "/endpoints", {"headers": {"X-Forwarded-Access-Token": f"dapi-{key}"}}),
        ("POST", changes, {"content": b"[" + b"1," * 150_000 + b"1]", "headers": {**own, **JSON}}),
        ("POST", changes, {"content": DEEP, "headers": {**own, **JSON}}),
        ("POST", changes, {"content": b'{"change": ', "headers": {**own, **JSON}}),
        ("POST", changes, {"json": BAD_TAG, "headers": own}),
        ("GET", "/endpoints/..%2F..%2Fx", {}),
    ]


def refusals(url: str) -> float:
    """The 99th percentile of the wait, seconds. SystemExit when something is not refused."""
    waits = []
    with person(url) as who:
        for _ in range(EACH):
            for method, path, more in wrong(uuid.uuid4().hex):
                began = time.perf_counter()
                answer = who.request(method, path, **more)
                waits.append(time.perf_counter() - began)
                if not 400 <= answer.status_code < 500:
                    raise SystemExit(f"{method} {path} was answered with {answer.status_code}")
    return percentile(waits, 0.99)
