"""A planted mistake is really made: in a copy of the tree that a process of its own runs, and never in the tree."""

import os
import subprocess
import sys
from pathlib import Path

from tests.mutants.plant import copy_of_tree, mutants_of, source
from tests.mutants.targets import TARGETS

ROLES = "web.identity.roles"
ASK = "from web.identity.roles import needed, Role; print(needed('POST', '/changes').name)"


def asked(tree: Path) -> str:
    """What a process that runs this tree makes of the rule."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", ASK]
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()


def test_a_mistake_reaches_a_process_of_its_own_and_leaves_the_tree_alone(tmp_path: Path) -> None:
    before = source(ROLES).read_bytes()
    swapped = next(m for m in mutants_of(ROLES) if m.where == "needed" and "not in SAFE" in m.after)
    tree = copy_of_tree(tmp_path, ROLES, swapped)
    assert asked(tree) == "VIEWER"
    assert source(ROLES).read_bytes() == before


def test_every_module_that_is_listed_has_mistakes_to_make_and_every_test_exists() -> None:
    for module, tests in TARGETS.items():
        assert len(mutants_of(module)) > 10, module
        assert [test for test in tests if not (source("web").parent / test).is_file()] == []
