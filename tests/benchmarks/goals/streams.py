"""P1, P2: answers passed on token by token, as a person's browser asks for them (identity, counting, log line)."""

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import aiohttp

from tests.benchmarks.harness import Row, cpu_s, in_turn, main_thread_s, percentile, ratio
from tests.benchmarks.site import TOKEN, portal, process, workspace
from tests.benchmarks.upstream import TOKENS
from tests.servers import free_port

STREAMS = 200
OVER_S = 4.0
ROUNDS = 3
FIRSTS = 160
CALM = 0.25
"""Of the waits for a first token the quarter's mark counts: above it, a busy machine is what is measured."""
PORTAL_PATH = "/api/v1/endpoints/{}/invocations"
DIRECT_PATH = "/serving-endpoints/{}/invocations"
HEADERS = {"X-Forwarded-Access-Token": TOKEN, "Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
BODY = b'{"messages":[{"role":"user","content":"hello"}],"stream":true}'
STAMP = re.compile(rb"~(\d+)~")


@dataclass
class Heard:
    """Seconds: until the first token of each stream, and how late each token was."""

    first: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Side:
    """A way to the model: where, and whose CPU is counted (0: nobody's)."""

    url: str
    pid: int


def measure() -> list[Row]:
    """CPU a token and first-token delay beside a byte splice and aiohttp's pass-through; lag beside no proxy."""
    with sides() as there:
        asyncio.run(crowd(there["portal"].url, 5))
        costs = in_turn(ROUNDS, **{name: lambda s=side: us_per_token(s) for name, side in there.items() if side.pid})
        waits, spent = asyncio.run(first_tokens(there))
        lags = in_turn(ROUNDS, **{name: lambda s=there[name]: lag(s.url) for name in ("portal", "direct")})
    mid = {name: f"{percentile(values, 0.5):.0f} us/token" for name, values in costs.items()}
    calm = {name: percentile(values, CALM) * 1000 for name, values in waits.items()}
    first = {name: f"{ms:.2f} ms" for name, ms in calm.items()}
    each = {name: f"{us:.0f} us" for name, us in spent.items()}
    late = {name: f"{percentile(values, 0.5) * 1000:.1f} ms" for name, values in lags.items()}
    added = {name: ms - calm["direct"] for name, ms in calm.items()}
    what = f"{STREAMS} streams of 20 tokens/s"
    return [
        Row("load", f"generator: p99 lag of {what} without proxy, in ms", "-", late["direct"],
            percentile(lags["direct"], 0.5) * 1000, 20),
        Row("P1", f"{what} / byte splice", mid["portal"], mid["splice"], ratio(costs["portal"], costs["splice"]), 2.5),
        Row("P1", f"{what} / aiohttp", mid["portal"], mid["passthrough"],
            ratio(costs["portal"], costs["passthrough"])),
        Row("P2", "first token, added ms, of 1.2 ms", first["portal"], first["direct"], added["portal"] / 1.2, 1),
        Row("P2", "first token, added / added by aiohttp", first["portal"], first["passthrough"],
            added["portal"] / max(added["passthrough"], 1e-3)),
        Row("P2", "CPU of a request up to its first token / aiohttp", each["portal"], each["passthrough"],
            spent["portal"] / spent["passthrough"]),
        Row("P2", f"p99 lag of a token, {what} / direct", late["portal"], late["direct"],
            ratio(lags["portal"], lags["direct"])),
    ]  # fmt: skip


@contextmanager
def sides() -> Iterator[dict[str, Side]]:
    """The portal and what it is compared with, all before the same model."""
    ports = {role: free_port() for role in ("model", "splice", "passthrough")}
    urls = {role: f"http://127.0.0.1:{port}" for role, port in ports.items()}
    role = "tests.benchmarks.upstream"
    with (
        workspace("demo") as behind,
        process(f"{urls['model']}/up", role, "model", str(ports["model"]), behind),
        process(f"{urls['splice']}/up", role, "splice", str(ports["splice"]), urls["model"]) as splice,
        process(f"{urls['passthrough']}/up", role, "passthrough", str(ports["passthrough"]), urls["model"]) as plain,
        portal(urls["model"]) as ours,
    ):
        yield {
            "portal": Side(ours.url + PORTAL_PATH.format("any"), ours.pid),
            "splice": Side(urls["splice"] + DIRECT_PATH.format("any"), splice.pid),
            "passthrough": Side(urls["passthrough"] + DIRECT_PATH.format("any"), plain.pid),
            "direct": Side(urls["model"] + DIRECT_PATH.format("any"), 0),
        }


def us_per_token(side: Side) -> float:
    """Microseconds of the server's CPU for each token passed on."""
    before = cpu_s(side.pid)
    heard = asyncio.run(crowd(side.url, STREAMS))
    return (cpu_s(side.pid) - before) / len(heard.late) * 1e6


def lag(url: str, streams: int = STREAMS) -> float:
    """The 99th percentile of how late a token is, seconds, under that many streams."""
    return percentile(asyncio.run(crowd(url, streams)).late, 0.99)


async def first_tokens(there: dict[str, Side]) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Waits for a first token, seconds, one request at a time, the sides by turns; and microseconds of CPU each."""
    heard = {name: Heard() for name in there}
    used = dict.fromkeys(there, 0.0)
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        for _ in range(FIRSTS):
            for name, side in there.items():
                before = main_thread_s(side.pid) if side.pid else 0.0
                await listen(session, side.url, heard[name], first_only=True)
                used[name] += main_thread_s(side.pid) - before if side.pid else 0.0
    return {name: one.first for name, one in heard.items()}, {name: s / FIRSTS * 1e6 for name, s in used.items()}


async def crowd(url: str, streams: int) -> Heard:
    """That many streams, begun over OVER_S and heard to their end. SystemExit when one loses a token."""
    heard = Heard()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=HEADERS) as session:
        listening: list[asyncio.Task[None]] = []
        while len(listening) < streams:
            listening.append(asyncio.create_task(listen(session, url, heard)))
            await asyncio.sleep(OVER_S / streams)
        await asyncio.gather(*listening)
    if len(heard.late) != streams * TOKENS:
        raise SystemExit(f"{len(heard.late)} of {streams * TOKENS} tokens arrived from {url}")
    return heard


async def listen(session: aiohttp.ClientSession, url: str, heard: Heard, *, first_only: bool = False) -> None:
    """One stream, to its end or hung up after its first token."""
    began, first = time.perf_counter(), True
    async with session.post(url, data=BODY) as answer:
        answer.raise_for_status()
        async for chunk in answer.content.iter_any():
            now = time.monotonic_ns()
            heard.late += [(now - int(stamp)) / 1e9 for stamp in STAMP.findall(chunk)]
            if first:
                heard.first.append(time.perf_counter() - began)
                first = False
            if first_only:
                answer.close()
                return
