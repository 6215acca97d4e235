"""Two editors and a client that writes past the portal, in any order: nobody's value goes without being shown or told.

The rules, the merge, the plan and the read-back over a workspace on paper. `make test` plays some hundred histories,
`make soak` 20,000.
"""

import os
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.changes.paper import Paper, edited, flat, leaves
from web.audit.ledger import Ledger
from web.changes.diff import Row, fingerprint
from web.changes.kinds import Base, Change, Kind
from web.changes.parts import part_of
from web.changes.perform import Moved, on_top
from web.changes.plan import Facts, Plan, base_of, plan
from web.changes.readback import VERSION, differences, overtaken
from web.changes.rebase import rebase
from web.db.engine import open_engine
from web.db.migrate import upgrade

HISTORIES = 20_000 if os.environ.get("PORTAL_SOAK") else 150
ENGINE = open_engine("sqlite://")
LEDGER = Ledger(ENGINE, b"k" * 32)
KNOWN: set[tuple[Kind, str]] = set()
WHO = st.sampled_from(["alice", "bob"])
DICE = st.integers(0, 8 * 24 - 1)
KINDS = st.sampled_from([Kind.CONFIG, Kind.CONFIG, Kind.TRAFFIC, Kind.TAGS, Kind.PERMISSIONS])


@dataclass
class Form:
    """What one person has on the screen: `seen` is all they opened it on, `saw` every value they were shown by path,
    `wants` the change once it is sent, `reviewed` the hash of the live part that its Review was shown on top of."""

    kind: Kind
    seen: dict[str, Any]
    base: Base
    saw: dict[str, list[Any]] = field(default_factory=dict)
    wants: Change | None = None
    reviewed: str = ""
    open: bool = False  # conflicts that nobody decided yet


class Editors(RuleBasedStateMachine):
    """The workspace, and the forms of those who edit it."""

    def __init__(self) -> None:
        super().__init__()
        self.paper = Paper("churn")
        self.forms: dict[str, Form] = {}

    @initialize(kinds=st.tuples(KINDS, KINDS), dice=st.tuples(DICE, DICE))
    def both_send_a_form(self, kinds: tuple[Kind, Kind], dice: tuple[int, int]) -> None:
        for who, kind, which in zip(("alice", "bob"), kinds, dice, strict=True):
            self.opens(who, kind)
            self.sends_the_form(who, which)

    @rule(who=WHO, kind=KINDS)
    def opens(self, who: str, kind: Kind) -> None:
        form = self.forms[who] = Form(kind, self.paper.seen(), self._base(kind))
        self._shows(form)

    @rule(who=WHO, dice=DICE)
    def sends_the_form(self, who: str, dice: int) -> None:
        form = self.forms[who]
        body = edited(form.kind, form.seen, dice)
        form.wants = Change(kind=form.kind, endpoint=self.paper.live["name"], body=body)
        self._review(form)

    @precondition(lambda self: any(f.open for f in self.forms.values()))
    @rule(data=st.data())
    def decides(self, data: st.DataObject) -> None:
        form = next(f for f in self.forms.values() if f.open)
        assert form.wants
        found = rebase(LEDGER, form.wants, form.base, self.paper.live, self.paper.grants)
        choices = {clash.path: data.draw(st.sampled_from(["mine", "live"])) for clash in found.clashes}
        self._shows(form)
        decided = rebase(LEDGER, form.wants, form.base, self.paper.live, self.paper.grants, choices)
        if not decided.clashes:
            form.wants, form.base = decided.change, self._base(form.kind)
            self._review(form)

    @rule(kind=KINDS, dice=DICE)
    def somebody_writes_past_the_portal(self, kind: Kind, dice: int) -> None:
        wanted = Change(kind=kind, endpoint=self.paper.live["name"], body=edited(kind, self.paper.seen(), dice))
        made = plan(wanted, self.paper.live, Facts(grants=self.paper.grants))
        for call in made.calls if not made.blockers else []:
            self.paper.send(call)

    @precondition(lambda self: any(f.wants for f in self.forms.values()))
    @rule(who=WHO, between=st.one_of(st.none(), DICE))
    def applies(self, who: str, between: int | None) -> None:
        """`between`: somebody else's config update is done after the endpoint was read, before the calls are sent."""
        form = self.forms[who]
        if form.wants is None:
            return
        read, grants = self.paper.live, self.paper.grants
        try:
            change = on_top(LEDGER, form.wants, form.base, read, grants, form.reviewed)
        except Moved:
            self._review(form)
            return
        if form.open:  # what nobody decided is no conflict only where all is again what the form began from
            assert fingerprint(part_of(form.kind, read, grants)) == form.base.hash
        made = plan(change, read, Facts(grants=grants))
        if made.blockers:
            form.wants = None
            return
        if between is not None and form.kind in (Kind.CONFIG, Kind.TRAFFIC):
            self.somebody_writes_past_the_portal(Kind.CONFIG, between)
        before = leaves(LEDGER, self.paper.seen())
        for call in made.calls:
            self.paper.send(call)
        self._told(form, made, read, before)
        form.wants, form.open = None, False

    def _told(self, form: Form, made: Plan, read: dict[str, Any], before: dict[str, Any]) -> None:
        """What this write overwrote is on record and had been shown; with a race, it is at least reported."""
        after = self.paper.seen()
        calls = [call.model_dump() for call in made.calls]
        rows = [*differences(LEDGER, made, after), *overtaken(form.kind, calls, read, after)]
        raced = read is not self.paper.live and after["config"]["config_version"] > read["config"]["config_version"] + 1
        assert raced == any(row["path"] == VERSION for row in rows), rows
        assert raced or rows == [], "nothing else happened, nothing is reported"
        record = LEDGER.redact(made.diff)
        now = leaves(LEDGER, after)
        for path in before.keys() | now.keys():
            was, value = before.get(path), now.get(path)
            if was == value or raced:
                continue
            assert told(record, path) == (True, was, value), (path, was, value, record)
            assert was in form.saw.get(path, [None]), f"{path}: {was} was overwritten and never shown"

    def _base(self, kind: Kind) -> Base:
        live, grants = self.paper.live, self.paper.grants
        base = base_of(kind, live, grants)
        if (kind, base.hash) not in KNOWN:
            LEDGER.remember(live["name"], kind, base.hash, base.config_version, part_of(kind, live, grants))
            KNOWN.add((kind, base.hash))
        return base

    def _review(self, form: Form) -> None:
        assert form.wants
        live, grants = self.paper.live, self.paper.grants
        found = rebase(LEDGER, form.wants, form.base, live, grants)
        form.open = bool(found.clashes)
        form.reviewed = fingerprint(part_of(form.kind, live, grants))
        if not found.clashes:
            self._shows(form)

    def _shows(self, form: Form) -> None:
        now = leaves(LEDGER, self.paper.seen())
        for path in now.keys() | form.saw.keys():
            form.saw.setdefault(path, [None] if form.saw else []).append(now.get(path))

    @invariant()
    def what_is_open_can_be_explained(self) -> None:
        for form in self.forms.values():
            if form.wants and not form.open:
                assert form.reviewed


def told(record: list[Row], path: str) -> tuple[bool, Any, Any]:
    """Whether a record names a value, and what it says of it before and after."""
    for row in record:
        name = str(row["path"])
        if path == name or path.startswith((f"{name}.", f"{name}[")):
            return True, flat(row["before"], name).get(path), flat(row["after"], name).get(path)
    return False, None, None


def setup_module() -> None:
    upgrade(ENGINE)


TestEditors = Editors.TestCase
TestEditors.settings = settings(
    max_examples=HISTORIES,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
