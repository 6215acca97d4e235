"""`python -m tests.mutants [--only web.changes.merge] [--sample 200 --seed 1] [--jobs 2]`: exit 1 below the score."""

import argparse
import sys

import pytest

from tests.mutants.runner import Runner
from tests.mutants.targets import TARGETS


def main() -> int:
    """Collect the tests of all asked modules once, then fork for every mutant."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("--only", default="", help="modules whose name holds this")
    parser.add_argument("--sample", type=int, default=0, help="so many mutants per module, chosen by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    targets = {module: tests for module, tests in TARGETS.items() if asked.only in module}
    runner = Runner(targets, asked.sample, asked.seed, asked.jobs)
    paths = sorted({test.partition("::")[0] for tests in targets.values() for test in tests})
    options = ["-q", "-s", "-p", "no:cacheprovider"]
    code = pytest.main([*options, *paths], plugins=[runner])
    return runner.verdict if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else int(code)


if __name__ == "__main__":
    sys.exit(main())
