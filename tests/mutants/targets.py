"""The rooms that guard the workspace, and where the tests are that are to notice a mistake in them."""

from tests.mutants.plant import ROOT

ROOMS = ("web/audit", "web/changes", "web/identity")
MORE = ("web.middleware", "web.limits", "web.turns", "web.hurry")
TESTS = ("tests/audit", "tests/changes", "tests/features", "tests/faults", "tests/identity", "tests/workspace")
LEFT_OUT = ("web.changes.words",)
"""Sentences for people."""


def targets() -> list[str]:
    """Every module there."""
    files = sorted(path for room in ROOMS for path in (ROOT / room).glob("*.py") if path.stem != "__init__")
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files]
    return [module for module in (*modules, *MORE) if module not in LEFT_OUT]
