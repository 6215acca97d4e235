"""A planted mistake is really made, in one process and never in the tree; and every guarding room is looked at."""

import subprocess
import sys

from tests.mutants.operators import Mutant
from tests.mutants.plant import ROOT, mutants_of, source
from tests.mutants.reach import Meter
from tests.mutants.targets import TESTS, targets

ROLES = "web.identity.roles"
ASK = """
import sys
from tests.mutants.plant import mutants_of, plant
from web.identity.roles import needed
plant("web.identity.roles", mutants_of("web.identity.roles")[int(sys.argv[1])])
print(needed("POST", "/changes").name)
"""


def asked(mutant: Mutant) -> str:
    """What a process with this mistake makes of the rule."""
    command = [sys.executable, "-c", ASK, str(mutant.number)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def test_a_mistake_is_made_and_the_tree_left_alone() -> None:
    before = source(ROLES).read_bytes()
    swapped = next(m for m in mutants_of(ROLES) if m.where == "needed" and "not in SAFE" in m.after)
    assert asked(swapped) == "VIEWER"
    assert source(ROLES).read_bytes() == before


def test_a_mistake_in_a_constant_reaches_who_uses_it() -> None:
    unsafe = next(m for m in mutants_of(ROLES) if m.where == "HARMLESS")
    assert unsafe.constant
    assert asked(unsafe) == "OPERATOR"


def test_what_a_test_reaches_is_noticed_with_its_class() -> None:
    from web.limits import Limits

    meter = Meter(["web.limits"])
    sys.setprofile(meter)
    try:
        Limits(1, 1).change("bob")
    finally:
        sys.setprofile(None)
    assert {"web.limits:Limits.change", "web.limits:Limits.__init__"} <= meter.taken()
    assert meter.taken() == frozenset()


def test_every_module_of_the_guarding_rooms_is_looked_at_and_every_folder_of_tests_exists() -> None:
    assert {"web.audit.chain", "web.changes.merge", "web.identity.app_mode", "web.middleware"} <= set(targets())
    assert sum(len(mutants_of(module)) for module in targets()) > 4000
    assert [folder for folder in TESTS if not (ROOT / folder).is_dir()] == []
