"""Running a coroutine from a test in a thread of its own: browser tests leave a loop running in this one."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def finish(work: Coroutine[Any, Any, T], within_s: float | None = None) -> T:
    """What the coroutine returns or raises. With `within_s` it fails when it is not done by then."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _within(work, within_s)).result()


async def _within(work: Coroutine[Any, Any, T], within_s: float | None) -> T:
    async with asyncio.timeout(within_s):
        return await work
