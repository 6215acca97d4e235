"""Two editors and a foreign client in every order: an edit is merged or shown as a conflict, and never lost."""

import itertools
import os
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.features.changes.pages import DRAFT, SEEN, at_desk, config_edit, foreign, one, submit
from tests.features.changes.support import custom, make, until_ready
from tests.servers import Portal
from web.changes import drafts
from web.changes.kinds import Kind
from web.emulator.server import Emulator

BOB, ALICE = "bob@example.com", "alice@example.com"
# Each plays its steps in this order; the three are interleaved in every way.
STEPS = {"bob": ("open", "review", "apply"), "alice": ("open", "apply"), "foreign": ("put",)}
ORDERS = sorted(set(itertools.permutations([who for who, steps in STEPS.items() for _ in steps])))
SOAK = os.environ.get("PORTAL_SOAK")
PATH = "config.served_entities[churn-1].{}"


def enough() -> Iterator[tuple[str, ...]]:
    """Orders in which any three steps come in every order that they can come in."""
    left = set[tuple[str, ...]]().union(*map(threes, ORDERS))
    while left:
        yield (order := max(ORDERS, key=lambda one: len(threes(one) & left)))
        left -= threes(order)


def threes(order: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Which three steps come after each other in it, others between them or not."""
    turns = {who: iter(steps) for who, steps in STEPS.items()}
    return set(itertools.combinations([f"{who} {next(turns[who])}" for who in order], 3))


class Editor:
    """One person's edit of one field, through the pages."""

    def __init__(self, who: httpx.Client, email: str, portal: Portal, field: str, value: Any) -> None:
        self.who, self.email, self.field, self.value = who, email, field, value
        self.desk = at_desk(portal)
        self.shown = ""
        self.conflict = False

    def open(self, live: dict[str, Any]) -> None:
        """The form is on the screen."""
        self.live = live
        self.base = drafts.open_base(self.desk, Kind.CONFIG, live)

    def review(self) -> None:
        """The form is sent, its Review is on the screen."""
        change = config_edit(self.live, **{self.field: self.value})
        self.at = submit(self.desk, self.email, change, self.live, self.base)
        self.shown = self.who.get(self.at).text

    def apply(self) -> None:
        """Apply, and where the endpoint moved: look again, choose one's own side, apply that."""
        if not self.shown:
            self.review()
        for _ in range(4):
            if "Keep yours" in self.shown:
                self.shown = self._choose()
                continue
            data = {"draft": one(DRAFT, self.shown), "seen": one(SEEN, self.shown)}
            answer = self.who.post("/changes", data=data)
            if answer.status_code == 303:
                assert answer.headers["location"].startswith("/endpoints/"), answer.headers["location"]
                return
            assert answer.status_code in (409, 422), answer.text
            self.shown = answer.text
            if "Nothing differs from what is live" in self.shown:
                return
        raise AssertionError(f"{self.email} never came to an end:\n{self.shown[-2000:]}")

    def _choose(self) -> str:
        self.conflict = True
        data = {"draft": one(DRAFT, self.shown), "path": PATH.format(self.field), "all": "mine"}
        return self.who.post("/changes/resolve", data=data, follow_redirects=True).text


@pytest.mark.parametrize("contested", [False, True])
def test_no_update_is_lost_in_any_order(
    bob: httpx.Client, alice: httpx.Client, portal: Portal, emulator: Emulator, contested: bool
) -> None:
    """Contested: alice and the foreign client want other values of bob's field. What was written last is live, and
    whoever wrote over another's value was shown it; what others wrote elsewhere is still there."""
    for order in ORDERS if SOAK else enough():
        name = f"i-{uuid.uuid4().hex[:8]}"
        assert make(bob, custom(name)).status_code == 201
        mine = Editor(bob, BOB, portal, "workload_size", "Medium")
        theirs = ("workload_size", "Large") if contested else ("scale_to_zero_enabled", True)
        hers = Editor(alice, ALICE, portal, *theirs)
        wrote = play(order, mine, hers, emulator, name, contested)
        now = settled(emulator, bob, name)["config"]["served_entities"][0]
        assert {field: now[field] for field in wrote} == wrote, order
        mine.desk.engine.dispose()
        hers.desk.engine.dispose()


def settled(emulator: Emulator, who: httpx.Client, name: str) -> dict[str, Any]:
    """The endpoint after whatever runs; the workspace takes 50 creates and updates in five minutes, too."""
    emulator.world.clock.advance(600)
    return until_ready(who, name)


def play(
    order: tuple[str, ...], mine: Editor, hers: Editor, emulator: Emulator, name: str, contested: bool
) -> dict[str, Any]:
    """Play the steps; answers what each field must be: the last value that was written knowingly."""
    turns = {who: iter(steps) for who, steps in STEPS.items()}
    wrote: dict[str, Any] = {}
    for who in order:
        step = next(turns[who])
        raw = settled(emulator, mine.who, name)
        if who == "foreign":
            field, value = ("workload_size", "Small") if contested else ("entity_version", "2")
            foreign(emulator, "PUT", f"{name}/config", config_edit(raw, **{field: value}).body)
            wrote[field] = value
            continue
        editor = mine if who == "bob" else hers
        if step == "open":
            editor.open(raw)
        elif step == "review":
            editor.review()
        else:
            others = {f: v for f, v in wrote.items() if f != editor.field}
            contest = wrote.get(editor.field) not in (None, editor.value)
            before = raw["config"]["served_entities"][0]
            editor.apply()
            opened = editor.live["config"]["served_entities"][0]
            if contest and opened[editor.field] != before[editor.field]:
                assert editor.conflict, f"{order}: {editor.email} overwrote a value nobody showed them"
            wrote = {**others, editor.field: editor.value}
    return wrote
