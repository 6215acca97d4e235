"""P3, P11: how many streams one core carries, by the CPU and the memory of each; and how soon a model is left."""

import asyncio
import time

import aiohttp

from tests.benchmarks.goals.streams import HEADERS, Side, crowd, lag, sides
from tests.benchmarks.harness import Row, cpu_s, in_turn, percentile, ratio, rss_mb

FEW, MANY = 40, 160
ROUNDS = 3
WANTED_STREAMS = 500
KB_A_STREAM = 60
TOKENS_A_SECOND = 20
LEAVERS = 20
LEFT_WITHIN_S = 0.1
LAG_S = 0.05


def measure() -> list[Row]:
    """CPU a token with FEW and with MANY streams, memory of each stream, and the time until the model is left."""
    with sides() as all_sides:
        ours, direct = all_sides["portal"], all_sides["direct"]
        asyncio.run(crowd(ours.url, MANY))
        before = rss_mb(ours.pid)
        lags = in_turn(ROUNDS, portal=lambda: lag(ours.url, MANY), direct=lambda: lag(direct.url, MANY))
        held: list[float] = []
        seen = in_turn(
            ROUNDS, few=lambda: cost(ours, FEW, held), many=lambda: cost(ours, MANY, held), splice=lambda:
            cost(all_sides["splice"], MANY, []),
        )  # fmt: skip
        left = in_turn(ROUNDS, portal=lambda: leave(ours.url, direct.url), direct=lambda: leave(direct.url, direct.url))
    mid = {name: percentile(values, 0.5) for name, values in seen.items()}
    carried, limit = (1e6 / (mid[name] * TOKENS_A_SECOND) for name in ("many", "splice"))
    kb = max(0.0, max(held) - before) * 1000 / MANY
    added = [max(0.0, a - b) for a, b in zip(left["portal"], left["direct"], strict=True)]
    late = {name: f"{percentile(values, 0.5) * 1000:.1f} ms" for name, values in lags.items()}
    slow = [max(0.0, a - b) for a, b in zip(lags["portal"], lags["direct"], strict=True)]
    gone = {name: f"{percentile(values, 0.5) * 1000:.0f} ms" for name, values in left.items()}
    return [
        Row("P3", f"CPU a token, {MANY} streams / {FEW}", f"{mid['many']:.0f} us", f"{mid['few']:.0f} us",
            ratio(seen["many"], seen["few"]), 1.1),
        Row("P3", f"streams of {TOKENS_A_SECOND} tokens/s that a core has CPU for: {WANTED_STREAMS} / portal",
            f"{carried:.0f}", f"splice {limit:.0f}", WANTED_STREAMS / carried, 1),
        Row("P3", f"{MANY} streams: p99 lag of a token, added / {LAG_S * 1000:.0f} ms", late["portal"], late["direct"],
            percentile(slow, 0.5) / LAG_S, 1),
        Row("P3", f"memory a stream / {KB_A_STREAM} KB", f"{kb:.0f} KB", "-", kb / KB_A_STREAM, 1),
        Row("P11", f"{LEAVERS} people leave: model left, added / 100 ms", gone["portal"], gone["direct"],
            percentile(added, 0.5) / LEFT_WITHIN_S, 1),
    ]  # fmt: skip


def cost(side: Side, streams: int, held: list[float]) -> float:
    """Microseconds of CPU a token; what memory it took goes to `held`, MB."""

    async def run() -> int:
        listening = asyncio.create_task(crowd(side.url, streams))
        while not listening.done():
            held.append(rss_mb(side.pid))
            await asyncio.sleep(0.5)
        return len((await listening).late)

    before = cpu_s(side.pid)
    tokens = asyncio.run(run())
    return (cpu_s(side.pid) - before) / tokens * 1e6


def leave(url: str, model_url: str) -> float:
    """Seconds from when LEAVERS hang up in the middle of an answer until the model speaks to nobody."""

    async def run() -> float:
        speaking = model_url.split("/serving-endpoints")[0] + "/speaking"
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=HEADERS) as session:
            answers = await asyncio.gather(*(session.post(url, data=b'{"stream":true}') for _ in range(LEAVERS)))
            await asyncio.gather(*(answer.content.readany() for answer in answers))
            began = time.perf_counter()
            for answer in answers:
                answer.close()
            async with asyncio.timeout(60):
                while await (await session.get(speaking)).text() != "0":  # noqa: ASYNC110 - another process is watched
                    await asyncio.sleep(0.01)
            return time.perf_counter() - began

    return asyncio.run(run())
