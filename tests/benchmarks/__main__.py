"""`make bench` (ARGS='--list', ARGS='P1 P9' for some goals, PEERS=1): measures and prints the table; exits with 0."""

import sys
from collections.abc import Callable

from tests.benchmarks.goals import (
    beside,
    capacity,
    crowding,
    history,
    pages,
    proving,
    refusing,
    starting,
    streams,
    viewing,
    watching,
    writing,
)
from tests.benchmarks.harness import Row, table

Measure = Callable[[], list[Row]]

GOALS: dict[str, tuple[str, Measure]] = {
    "P1": ("server CPU for each token passed on", streams.measure),
    "P2": ("delay of the first token", streams.measure),
    "P3": ("streams that one core carries", capacity.measure),
    "P4": ("calm while a large listing is read again", pages.measure),
    "P5": ("the list page at 100 and 5,000 endpoints", pages.measure),
    "P6": ("calls to the workspace, whoever watches", watching.measure),
    "P7": ("weight and time of a first view in Chromium", viewing.measure),
    "P8": ("what recording a change adds to it", writing.measure),
    "P9": ("the audit page at 10,000 and 1,000,000 operations", history.measure),
    "P9v": ("verifying 100,000 entries", proving.measure),
    "P10": ("start and memory", starting.measure),
    "P11": ("hanging up on the model when the person leaves", capacity.measure),
    "P12": ("cost of each person who watches an endpoint", watching.measure),
    "P13": ("one person's pages while another floods, and while one endpoint hangs", crowding.measure),
    "P14": ("how soon what is wrong is refused", refusing.measure),
    "peers": ("beside LiteLLM, MLflow, Streamlit and Dash, where PEERS=1 has installed them", beside.measure),
}


def listing() -> str:
    """The goals, one a line."""
    return "\n".join(f"{name:5} {what}" for name, (what, _) in GOALS.items())


def main(words: list[str]) -> int:
    """Print the list or the table of the goals named (all, without a name)."""
    if "--list" in words:
        print(listing())
        return 0
    unknown = [word for word in words if word not in GOALS]
    if unknown:
        print(f"There is no goal {', '.join(unknown)}. There are:\n{listing()}", file=sys.stderr)
        return 2
    wanted = [run for name, (_, run) in GOALS.items() if name in words or not words]
    rows: list[Row] = []
    for run in dict.fromkeys(wanted):
        print(f"measuring: {run.__module__.rsplit('.', 1)[1]} …", file=sys.stderr, flush=True)
        rows += run()
    print(table(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
