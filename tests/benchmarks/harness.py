"""How things are measured on a noisy machine: CPU time of a process tree, sides in turn, the median of the ratios."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from statistics import median

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True)
class Row:
    """One line of the table. `ratio` is portal / other; at most `wanted` is a goal met; no `wanted`: only told."""

    goal: str
    what: str
    portal: str
    other: str
    ratio: float
    wanted: float | None = None

    @property
    def verdict(self) -> str:
        """`ok`, `below target`, `told` where no target is set, `not measured`."""
        if isnan(self.ratio):
            return "not measured"
        if self.wanted is None:
            return "told"
        return "ok" if self.ratio <= self.wanted else "below target"


def tree(pid: int) -> list[int]:
    """The process and everything it started, as far as it still runs."""
    parents: dict[int, list[int]] = {}
    for place in PROC.iterdir():
        if place.name.isdigit() and (fields := _stat(int(place.name))):
            parents.setdefault(int(fields[1]), []).append(int(place.name))
    found = [pid]
    for one in found:
        found.extend(parents.get(one, []))
    return found


def cpu_s(pid: int) -> float:
    """Seconds of CPU that the process tree has used, of children that ended too (they must have been waited for)."""
    return sum(sum(int(field) for field in fields[11:15]) for one in tree(pid) if (fields := _stat(one))) / TICKS


def main_thread_s(pid: int) -> float:
    """Seconds of CPU of the process's first thread alone, the one that runs the loop, to the nanosecond."""
    return int((PROC / str(pid) / "schedstat").read_text().split()[0]) / 1e9


def rss_mb(pid: int) -> float:
    """Memory in use by the process tree, MB."""
    pages = sum(int((PROC / str(one) / "statm").read_text().split()[1]) for one in tree(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def spent(pid: int, work: Callable[[], object]) -> float:
    """CPU seconds the process tree uses while `work` runs. The clock ticks every 10 ms: let `work` be long."""
    before = cpu_s(pid)
    work()
    return cpu_s(pid) - before


def took(work: Callable[[], object]) -> float:
    """Wall seconds of `work`."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def in_turn(rounds: int, **sides: Callable[[], float]) -> dict[str, list[float]]:
    """Each side once a round, A B C A B C, so that a slow minute of the machine meets all of them."""
    seen: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, measure in sides.items():
            seen[name].append(measure())
    return seen


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' own ratios."""
    return median(a / max(b, 1e-9) for a, b in zip(ours, theirs, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def table(rows: Sequence[Row]) -> str:
    """The rows under their headings, columns lined up."""
    head = ("goal", "what", "portal", "limit or peer", "ratio", "wanted", "")
    lines = [head]
    for row in rows:
        wanted = "" if row.wanted is None else f"<= {row.wanted:g}"
        lines.append(
            (
                row.goal,
                row.what,
                row.portal,
                row.other,
                "-" if isnan(row.ratio) else f"{row.ratio:.3g}",
                wanted,
                row.verdict,
            )
        )
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, from the state on; empty when the process has gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return []
