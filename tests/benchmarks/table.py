"""Figures as ratios: sides measured in turn, round by round, so that a noisy machine disturbs both alike."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Side = Callable[[], float]


@dataclass(frozen=True)
class Figure:
    """One line: the goal, what is compared, both sides in `unit`, and the most the ratio may be (None: told only)."""

    goal: str
    what: str
    portal: float
    other: float
    unit: str
    most: float | None = None

    @property
    def ratio(self) -> float:
        """The portal's side by the other's."""
        return self.portal / self.other if self.other else float("inf")

    @property
    def verdict(self) -> str:
        """ok, MISSED, or nothing where no ratio was set."""
        return "" if self.most is None else "ok" if self.ratio <= self.most else "MISSED"


def in_turn(portal: Side, other: Side, rounds: int) -> tuple[float, float]:
    """Medians of both sides. Each round measures one, then the other; the ratio is that of the median round."""
    pairs = [(portal(), other()) for _ in range(rounds)]
    middle = sorted(pairs, key=lambda pair: pair[0] / pair[1] if pair[1] else float("inf"))[len(pairs) // 2]
    return middle if len(pairs) < 3 else (middle[0], middle[1])


def spread(values: list[float]) -> tuple[float, float]:
    """Median and largest."""
    return median(values), max(values)


def lines(figures: list[Figure]) -> list[str]:
    """The table as text."""
    head = f"{'goal':<5} {'what':<66} {'portal':>10} {'other':>10} {'unit':<5} {'ratio':>8} {'most':>6}"
    rows = [
        f"{f.goal:<5} {f.what[:66]:<66} {f.portal:>10.2f} {f.other:>10.2f} {f.unit:<5} {f.ratio:>8.3f} "
        f"{'' if f.most is None else f'{f.most:g}':>6} {f.verdict}"
        for f in figures
    ]
    return [head, "-" * len(head), *rows]
