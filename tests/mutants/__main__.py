"""`python -m tests.mutants [--only web.changes.merge] [--sample 40 --seed 1] [--jobs 2]`: exit 1 below the score."""

import argparse
import sys
from pathlib import Path

import pytest

from tests.mutants.runner import Runner
from tests.mutants.targets import TESTS, targets


def main() -> int:
    """Collect the tests once, see what each of them reaches, then fork for every mutant."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("--only", default="", help="modules whose name holds one of these, with commas between")
    parser.add_argument("--sample", type=int, default=0, help="so many mutants per module, chosen by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--reach", type=Path, help="file that keeps what each test reaches for the next time")
    asked = parser.parse_args()
    modules = [module for module in targets() if any(part in module for part in asked.only.split(","))]
    runner = Runner(modules, asked.sample, asked.seed, asked.jobs, asked.reach)
    code = pytest.main(["-q", "-s", "-p", "no:cacheprovider", *TESTS], plugins=[runner])
    return runner.verdict if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else int(code)


if __name__ == "__main__":
    sys.exit(main())
