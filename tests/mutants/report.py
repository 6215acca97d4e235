"""What became of the mutants, as text."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutants.operators import Mutant
from tests.mutants.plant import ROOT, source

if TYPE_CHECKING:
    from tests.mutants.runner import Module

WANTED = 0.85
EQUIVALENT = Path(__file__).with_name("equivalent.txt")


def module_report(module: "Module") -> None:
    """The survivors, and one line of figures. Those known to make no difference are taken out."""
    known = {line.rpartition(" # ")[0] for line in EQUIVALENT.read_text().splitlines() if " # " in line}
    file = source(module.name).relative_to(ROOT)
    same = [m for m in module.survivors if key(module, m) in known]
    module.survivors = sorted((m for m in module.survivors if m not in same), key=lambda m: m.number)
    for mutant in module.survivors:
        mark = "  (no test gets there)" if mutant.number in module.unreached else ""
        print(f"{file}:{mutant.line} {mutant.where}{mark}\n  - {mutant.before}\n  + {mutant.after}", flush=True)
    tried = module.killed + len(module.survivors)
    print(
        f"{module.name}: {module.killed} of {tried} killed, {module.killed / max(tried, 1):.0%}; "
        f"{len(same)} make no difference, {len(module.untried)} could not be planted; "
        f"of {module.controls} controls {len(module.false)} failed {module.false or ''}",
        flush=True,
    )


def total(modules: "list[Module]") -> int:
    """The table; 1 when a module is below the score."""
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


def key(module: "Module", mutant: Mutant) -> str:
    """How equivalent.txt names a mutant: not by its line, which moves."""
    before, after = (" ".join(text.split()) for text in (mutant.before, mutant.after))
    return f"{module.name} {mutant.where}: {before} => {after}"
