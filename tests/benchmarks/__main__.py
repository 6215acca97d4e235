"""python -m tests.benchmarks [--list] [P5 P9 …]: every goal, or those named, as a table of ratios."""

import sys
from collections.abc import Callable

from tests.benchmarks import history, pages, process
from tests.benchmarks.table import Figure, lines

GOALS: dict[str, tuple[Callable[[], list[Figure]], ...]] = {
    "P2": (process.first_token,),
    "P5": (pages.listing,),
    "P6": (pages.watching,),
    "P7": (pages.weight,),
    "P8": (history.change,),
    "P9": (history.reading,),
    "P10": (process.start,),
}
NOT_MEASURED = "P1, P3, P4, P11 and P12 are not measured yet."


def main(arguments: list[str]) -> int:
    """Prints the table; 1 when a ratio that was set is missed."""
    if "--list" in arguments:
        for goal, measures in GOALS.items():
            print(goal, "; ".join((one.__doc__ or "").split("\n")[0] for one in measures))
        print(NOT_MEASURED)
        return 0
    wanted = [goal for goal in arguments if goal in GOALS] or list(GOALS)
    figures = []
    for goal in wanted:
        for measure in GOALS[goal]:
            print(f"measuring {goal} …", file=sys.stderr, flush=True)
            figures += measure()
    print("\n".join(lines(figures)))
    print(NOT_MEASURED)
    return int(any(figure.verdict == "MISSED" for figure in figures))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
