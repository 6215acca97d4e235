"""Which functions each test gets to, and how long it takes: a mutant is tried only by tests that reach it."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from tests.mutants.plant import source

LONGEST_S = 60


@dataclass(frozen=True)
class Reach:
    """A test that passes without any mistake. `calls`: functions as module:Class.method."""

    test: str
    seconds: float
    passed: bool
    calls: frozenset[str]


class Meter:
    """Notes the functions of these modules that run, in all threads started from now on."""

    def __init__(self, modules: Iterable[str]) -> None:
        self.modules = {str(source(module)): module for module in modules}
        self.seen: set[CodeType] = set()

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        """What sys.setprofile wants."""
        if event == "call" and frame.f_code.co_filename in self.modules:
            self.seen.add(frame.f_code)

    def taken(self) -> frozenset[str]:
        """What ran since the last time."""
        seen, self.seen = self.seen, set()
        return frozenset(f"{self.modules[c.co_filename]}:{c.co_qualname.partition('.<locals>')[0]}" for c in seen)


def measure(session: pytest.Session, items: list[pytest.Item], modules: Iterable[str], file: Path) -> None:
    """Run each test once in this process and append its reach to `file`, one JSON object a line."""
    meter = Meter(modules)
    threading.setprofile(meter)
    sys.setprofile(meter)
    signal.signal(signal.SIGALRM, _too_long)
    with file.open("a") as out:
        for here, item in enumerate(items):
            failed, began = session.testsfailed, time.perf_counter()
            signal.alarm(LONGEST_S)
            following = items[here + 1] if here + 1 < len(items) else items[0]
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            signal.alarm(0)
            took = time.perf_counter() - began
            reach = Reach(item.nodeid, round(took, 3), session.testsfailed == failed, meter.taken())
            out.write(json.dumps({**asdict(reach), "calls": sorted(reach.calls)}) + os.linesep)
            out.flush()


def read(file: Path) -> dict[str, Reach]:
    """What is known of each test."""
    known = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return {k["test"]: Reach(k["test"], k["seconds"], k["passed"], frozenset(k["calls"])) for k in known}


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError("the test takes too long beside a portal in its own process")
