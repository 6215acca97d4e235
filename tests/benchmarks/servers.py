"""The servers under test and what they cost: CPU of a process from the kernel's own count."""

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.servers import Portal
from web.emulator.server import Emulator

BOB = {"X-Forwarded-Access-Token": "dapi-bob", "X-Forwarded-Email": "bob@example.com"}
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def pair(seed: str = "demo", **settings: str) -> Iterator[tuple[Portal, Emulator, httpx.Client]]:
    """A portal in app mode before an embedded workspace, and bob's requests to it."""
    emulator = Emulator(seed=seed, speed=2000.0, port=0)
    emulator.start()
    with TemporaryDirectory() as folder:
        portal = Portal(emulator.url, Path(folder), {"PORTAL_CHANGES_PER_MINUTE": "100000", **settings}).start()
        with httpx.Client(base_url=portal.url, headers=BOB, timeout=120, trust_env=False) as client:
            try:
                yield portal, emulator, client
            finally:
                portal.stop()
                emulator.stop()


def cpu_of(pid: int) -> float:
    """CPU seconds a process has used (10 ms steps: measure many requests)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_of(pid: int) -> float:
    """Resident memory of a process, MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def own_cpu() -> float:
    """CPU seconds of this process and the children it has waited for."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def cpu_ms(pid: int, ask: Callable[[], object], times: int) -> float:
    """CPU milliseconds of a process for one `ask`, over many."""
    before = cpu_of(pid)
    for _ in range(times):
        ask()
    return (cpu_of(pid) - before) * 1000 / times


def wall_ms(ask: Callable[[], object]) -> float:
    """Milliseconds one `ask` takes."""
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000
