"""Forks a process with everything imported and collected for each mutant: a test that fails there has killed it."""

import contextlib
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import servers
from tests.mutants.operators import Mutant
from tests.mutants.plant import copy_of_tree, mutants_of, plant, source

WANTED = 0.85
WALL_S = 240.0
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
SERVERS = {"portal", "start_portal", "portal_server"}
"""Fixtures that start a portal as a process of its own."""
KILLED, SURVIVED, UNTRIED = 1, 0, 3


@dataclass
class Module:
    """A module under test: the tests that may kill, those that did first; and what became of its mutants."""

    name: str
    items: list[pytest.Item]
    mutants: list[Mutant]
    cpu_s: float = 0.0
    kills: Counter[int] = field(default_factory=Counter)
    killed: int = 0
    survivors: list[Mutant] = field(default_factory=list)
    untried: list[Mutant] = field(default_factory=list)


@dataclass
class Run:
    """One forked process; `notes` is where it says which test failed."""

    module: Module
    mutant: Mutant | None
    notes: "tempfile.TemporaryDirectory[str]"
    ends: float


class Runner:
    """A pytest plugin in the place of the usual loop over tests."""

    def __init__(self, targets: dict[str, tuple[str, ...]], sample: int, seed: int, jobs: int) -> None:
        self.targets, self.sample, self.jobs = targets, sample, jobs
        self.random = random.Random(seed)  # noqa: S311 - a choice of samples
        self.running: dict[int, Run] = {}
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
        """Every module: once without a mistake, then once for each of its mutants."""
        modules = [self._module(session, name, tests) for name, tests in self.targets.items()]
        for module in modules:
            began = resource.getrusage(resource.RUSAGE_CHILDREN)
            self._start(session, module, None)
            if self._reap() != SURVIVED:
                print(f"{module.name}: its tests fail without any mistake", flush=True)
                return True
            ended = resource.getrusage(resource.RUSAGE_CHILDREN)
            module.cpu_s = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
            for mutant in module.mutants:
                while len(self.running) >= self.jobs:
                    self._reap()
                self._start(session, module, mutant)
            while self.running:
                self._reap()
            self._report(module)
        self.verdict = self._total(modules)
        return True

    def _module(self, session: pytest.Session, name: str, tests: tuple[str, ...]) -> Module:
        chosen = mutants_of(name)
        if self.sample and self.sample < len(chosen):
            chosen = sorted(self.random.sample(chosen, self.sample), key=lambda m: m.number)
        return Module(name, [item for item in session.items if item.nodeid.startswith(tests)], chosen)

    def _start(self, session: pytest.Session, module: Module, mutant: Mutant | None) -> None:
        notes = tempfile.TemporaryDirectory(prefix="mutant-")
        if pid := os.fork():
            self.running[pid] = Run(module, mutant, notes, time.monotonic() + WALL_S)
            return
        code = 2
        try:
            os.setpgid(0, 0)
            code = self._child(session, module, mutant, Path(notes.name))
        finally:
            os._exit(code)

    def _child(self, session: pytest.Session, module: Module, mutant: Mutant | None, notes: Path) -> int:
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(quiet, stream)
        session.config._tmp_path_factory._basetemp = notes  # type: ignore[attr-defined]
        if mutant:
            try:
                plant(module.name, mutant)
            except (LookupError, AttributeError, ValueError):
                return UNTRIED
            except Exception:
                return KILLED  # the module could not even be imported
            if any(SERVERS & set(getattr(item, "fixturenames", ())) for item in module.items):
                (notes / "tree").mkdir()
                servers.ROOT = copy_of_tree(notes / "tree", module.name, mutant)
            limit = int(module.cpu_s * 5 + 5)
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        order = [place for place, _ in module.kills.most_common()]
        order += [place for place in range(len(module.items)) if place not in module.kills]
        for here, place in enumerate(order):
            item = module.items[place]
            after = module.items[order[here + 1]] if here + 1 < len(order) else None
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if session.testsfailed:
                (notes / "killer").write_text(str(place))
                return KILLED
        return SURVIVED

    def _reap(self) -> int:
        """Wait for one process to end, or end one that takes too long; answers KILLED, SURVIVED or something else."""
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                break
            for late, run in self.running.items():
                if time.monotonic() > run.ends:
                    os.kill(late, signal.SIGKILL)
            time.sleep(0.005)
        if pid not in self.running:
            return UNTRIED
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # servers that it left behind
        run = self.running.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        killer = Path(run.notes.name) / "killer"
        if killer.exists():
            run.module.kills[int(killer.read_text())] += 1
        run.notes.cleanup()
        if run.mutant:
            if code == SURVIVED:
                run.module.survivors.append(run.mutant)
            elif code == UNTRIED:
                run.module.untried.append(run.mutant)
            else:
                run.module.killed += 1
        return code

    def _report(self, module: Module) -> None:
        known = {line.rpartition(" # ")[0] for line in EQUIVALENT.read_text().splitlines() if " # " in line}
        file = source(module.name).relative_to(servers.ROOT)
        same = [m for m in module.survivors if _key(module, m) in known]
        module.survivors = sorted((m for m in module.survivors if m not in same), key=lambda m: m.number)
        for mutant in module.survivors:
            print(f"{file}:{mutant.line} {mutant.where}\n  - {mutant.before}\n  + {mutant.after}", flush=True)
        tried = module.killed + len(module.survivors)
        print(
            f"{module.name}: {module.killed} of {tried} killed, {module.killed / max(tried, 1):.0%}; "
            f"{len(same)} make no difference, {len(module.untried)} could not be planted",
            flush=True,
        )

    def _total(self, modules: list[Module]) -> int:
        print(f"{'module':<28}{'mutants':>8}{'killed':>8}{'survived':>9}{'score':>8}")
        for m in modules:
            tried = m.killed + len(m.survivors)
            print(f"{m.name:<28}{tried:>8}{m.killed:>8}{len(m.survivors):>9}{m.killed / max(tried, 1):>8.1%}")
        killed = sum(m.killed for m in modules)
        tried = killed + sum(len(m.survivors) for m in modules)
        print(f"all: {killed} of {tried} killed, {killed / max(tried, 1):.1%}; wanted {WANTED:.0%} of each module")
        below = [m.name for m in modules if m.killed < WANTED * (m.killed + len(m.survivors))]
        print("below: " + (", ".join(below) or "none"))
        sys.stdout.flush()
        return 1 if below else 0


def _key(module: Module, mutant: Mutant) -> str:
    """How equivalent.txt names a mutant: not by its line, which moves."""
    before, after = (" ".join(text.split()) for text in (mutant.before, mutant.after))
    return f"{module.name} {mutant.where}: {before} => {after}"
