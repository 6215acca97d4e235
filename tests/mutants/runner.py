"""Forks a process with everything imported and collected for each mutant: a test that fails there has killed it."""

import contextlib
import os
import random
import resource
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tests.mutants import inside, reach
from tests.mutants.operators import Mutant
from tests.mutants.plant import mutants_of, plant
from tests.mutants.report import module_report, total
from tests.mutants.targets import targets

WALL_S = 120.0
BUDGET_S = 12.0
"""So long may the tests take that try one mutant; the quickest come first."""
KILLED, SURVIVED, UNTRIED = 1, 0, 3
CONTROL_EVERY = 10
"""Of so many kills one is repeated without the mistake: there the same tests have to pass."""


@dataclass
class Module:
    """A module under test, and what became of its mutants. `kills`: which tests killed, by function and at all."""

    name: str
    mutants: list[Mutant]
    kills: dict[str, Counter[str]] = field(default_factory=dict)
    killed: int = 0
    survivors: list[Mutant] = field(default_factory=list)
    untried: list[Mutant] = field(default_factory=list)
    unreached: set[int] = field(default_factory=set)
    controls: int = 0
    false: list[str] = field(default_factory=list)

    def note(self, mutant: Mutant, killer: str) -> None:
        """This test is asked earlier next time."""
        for where in (mutant.where, ""):
            self.kills.setdefault(where, Counter())[killer] += 1


@dataclass
class Run:
    """One forked process; `notes` is where it says which test failed."""

    module: Module
    mutant: Mutant | None
    tests: list[str]
    notes: "tempfile.TemporaryDirectory[str]"
    ends: float


class Runner:
    """A pytest plugin in the place of the usual loop over tests."""

    def __init__(self, modules: list[str], sample: int, seed: int, jobs: int, kept: Path | None) -> None:
        self.names, self.sample, self.jobs = modules, sample, jobs
        self.random = random.Random(seed)  # noqa: S311 - a choice of samples
        self.folder = Path(tempfile.mkdtemp(prefix="mutants-"))
        self.kept = kept or self.folder / "reach.jsonl"
        self.running: dict[int, Run] = {}
        self.items: dict[str, pytest.Item] = {}
        self.known: dict[str, reach.Reach] = {}
        self.verdict = 2

    def pytest_sessionstart(self) -> None:
        """Fewer examples, the same ones for every mutant, and no search for the smallest."""
        from hypothesis import Phase, settings

        phases = [Phase.explicit, Phase.generate]
        settings.register_profile(
            "mutants", max_examples=30, derandomize=True, database=None, deadline=None, phases=phases
        )
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """What does each test reach? Then every module, once for each of its mutants."""
        self.items = {item.nodeid: item for item in inside.items_that_can(session.items)}
        self._measure(session)
        modules = [self._module(name) for name in self.names]
        for module in modules:
            for mutant in module.mutants:
                while len(self.running) >= self.jobs:
                    self._reap(session)
                self._try(session, module, mutant)
            while self.running:
                self._reap(session)
            module_report(module)
        self.verdict = total(modules)
        return True

    def _measure(self, session: pytest.Session) -> None:
        known = reach.read(self.kept)
        new = [item for item in self.items.values() if item.nodeid not in known]
        parts = [new[part :: self.jobs] for part in range(self.jobs)] if len(new) > 40 else [new]
        children = []
        for place, part in enumerate(parts):
            if part:
                notes = self.folder / f"measure-{place}"
                notes.mkdir()
                children.append(self._fork(session, notes, partial(self._note_reach, session, part)))
        for child in children:
            os.waitpid(child, 0)
        found = reach.read(self.kept)
        self.known = {test: r for test, r in found.items() if r.passed and test in self.items}
        left = [test for test in self.items if test not in self.known]
        print(f"{len(self.known)} tests; {len(left)} do not pass in one process with the portal:", flush=True)
        print("".join(f"  {test}\n" for test in left), flush=True)

    def _note_reach(self, session: pytest.Session, part: list[pytest.Item]) -> int:
        reach.measure(session, part, targets(), self.kept)
        return 0

    def _module(self, name: str) -> Module:
        chosen = mutants_of(name)
        if self.sample and self.sample < len(chosen):
            chosen = sorted(self.random.sample(chosen, self.sample), key=lambda m: m.number)
        return Module(name, chosen)

    def _tests(self, module: Module, mutant: Mutant) -> list[str]:
        """Those that reach it: first who killed its neighbours, then the quickest, as many as the time allows."""
        calls = f"{module.name}:{mutant.where}"
        reaching = [r for r in self.known.values() if calls in r.calls]
        if not reaching and mutant.constant:
            reaching = [r for r in self.known.values() if any(c.startswith(f"{module.name}:") for c in r.calls)]
        here, all_kills = (module.kills.get(where, Counter()) for where in (mutant.where, ""))
        reaching.sort(key=lambda r: (-here[r.test], -all_kills[r.test], r.seconds))
        chosen: list[str] = []
        left = BUDGET_S
        for r in reaching:
            if r.seconds <= left or not chosen:
                chosen.append(r.test)
                left -= r.seconds
        return chosen

    def _try(self, session: pytest.Session, module: Module, mutant: Mutant) -> None:
        tests = self._tests(module, mutant)
        if not tests:
            module.survivors.append(mutant)
            module.unreached.add(mutant.number)
            return
        self._start(session, module, mutant, tests)

    def _start(self, session: pytest.Session, module: Module, mutant: Mutant | None, tests: list[str]) -> None:
        notes = tempfile.TemporaryDirectory(prefix="mutant-")
        pid = self._fork(
            session, Path(notes.name), lambda: self._child(session, module, mutant, tests, Path(notes.name))
        )
        self.running[pid] = Run(module, mutant, tests, notes, time.monotonic() + WALL_S)

    def _fork(self, session: pytest.Session, notes: Path, work: Callable[[], int]) -> int:
        if pid := os.fork():
            return pid
        code = 2
        try:
            os.setpgid(0, 0)
            if not os.environ.get("MUTANTS_LOUD"):
                quiet = os.open(os.devnull, os.O_RDWR)
                for stream in (0, 1, 2):
                    os.dup2(quiet, stream)
            session.config._tmp_path_factory._basetemp = notes  # type: ignore[attr-defined]
            inside.move_in(notes)
            code = work()
        finally:
            os._exit(code)

    def _child(
        self, session: pytest.Session, module: Module, mutant: Mutant | None, tests: list[str], notes: Path
    ) -> int:
        try:
            if mutant:
                plant(module.name, mutant)
        except (LookupError, AttributeError, ValueError):
            return UNTRIED
        except Exception:
            return KILLED  # the module could not even be imported
        limit = int(sum(self.known[test].seconds for test in tests) * 3 + 20)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        other = next(item for item in self.items.values() if item.nodeid not in tests[-1:])
        for here, test in enumerate(tests):
            # What the whole session shares stays to the end, which comes without notice.
            after = self.items[tests[here + 1]] if here + 1 < len(tests) else other
            session.config.hook.pytest_runtest_protocol(item=self.items[test], nextitem=after)
            if session.testsfailed:
                (notes / "killer").write_text(test)
                return KILLED
        return SURVIVED

    def _reap(self, session: pytest.Session) -> None:
        """Wait for one process to end, or end one that takes too long."""
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                break
            for late, run in self.running.items():
                if time.monotonic() > run.ends:
                    os.kill(late, signal.SIGKILL)
            time.sleep(0.005)
        if pid not in self.running:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # what it left behind
        run = self.running.pop(pid)
        killer = Path(run.notes.name) / "killer"
        by = killer.read_text() if killer.exists() else ""
        run.notes.cleanup()
        self._judge(session, run, os.waitstatus_to_exitcode(status), by)

    def _judge(self, session: pytest.Session, run: Run, code: int, by: str) -> None:
        module = run.module
        if run.mutant is None:
            module.controls += 1
            if code != SURVIVED:
                module.false.append(by)
        elif code == SURVIVED:
            module.survivors.append(run.mutant)
        elif code == UNTRIED:
            module.untried.append(run.mutant)
        else:
            module.killed += 1
            if by:
                module.note(run.mutant, by)
                if module.killed % CONTROL_EVERY == 1:
                    self._start(session, module, None, run.tests[: run.tests.index(by) + 1])
