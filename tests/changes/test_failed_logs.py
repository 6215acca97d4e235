"""What an update that failed has printed is kept once with the change behind it, or the reason why nothing is."""

from typing import Any

import httpx
import pytest
from sqlmodel import Session

from tests.audit.history import begin
from tests.audit.test_chain import KEY
from tests.features.changes.support import fault
from tests.features.logs.support import LOG, says
from web.audit import kept_logs
from web.audit.ledger import Ledger, Outcome
from web.audit.models import Operation, Snapshot
from web.changes.failed_logs import keep, why_not
from web.db.engine import open_engine
from web.emulator.server import Emulator
from web.workspace.client import Workspace

FAILED = "DEPLOYMENT_FAILED"
MODEL = {"name": "m", "external_model": {"provider": "openai", "name": "m", "task": "llm/v1/chat"}}


def updated(ledger: Ledger, version: int = 4) -> Operation:
    """A change of churn's config that was taken and headed for this version."""
    op_id = begin(ledger, f"to {version}", kind="config.update")
    pending = {"name": "churn", "pending_config": {"config_version": version}}
    return ledger.finish(op_id, Outcome("success", [], after=pending))


def entity(name: str, deployment: str = FAILED, message: str = "") -> dict[str, Any]:
    return {
        "name": name, "entity_name": "main.ml.churn", "entity_version": "1",
        "state": {"deployment": deployment, "deployment_state_message": message},
    }  # fmt: skip


def raw(*entities: Any, state: str = "UPDATE_FAILED", **more: Any) -> dict[str, Any]:
    """The endpoint after version 4 failed."""
    return {
        "name": "churn", "permission_level": "CAN_MANAGE", "state": {"config_update": state},
        "config": {"config_version": 3, "served_entities": [entity("old", "DEPLOYMENT_READY")]},
        "pending_config": {"config_version": 4, "served_entities": list(entities)}, **more,
    }  # fmt: skip


def kept(ledger: Ledger, operation: Operation) -> list[tuple[str, str, str]]:
    return [(log.entity, log.which, log.text) for log in kept_logs.of(ledger.engine, operation.id)]


def asked(emulator: Emulator) -> list[str]:
    """The entities whose logs were asked for, in order."""
    paths = [entry.path for entry in emulator.world.requests.entries]
    return [path.split("/")[-2] for path in paths if path.endswith("logs")]


@pytest.mark.parametrize("state", ["UPDATE_FAILED", "UPDATE_CANCELED"])
def test_the_log_of_what_broke_is_kept_once(ledger: Ledger, ws: Workspace, emulator: Emulator, state: str) -> None:
    operation = updated(ledger)
    says(emulator, "churn", "*", "no module named x")
    failed = raw(entity("fine", "DEPLOYMENT_READY"), "odd", entity("a"), entity("b", "DEPLOYMENT_ABORTED"), state=state)
    assert keep(ledger, ws, failed) == operation.id
    assert kept(ledger, operation) == [("a", "build", "no module named x"), ("b", "build", "no module named x")]
    assert asked(emulator) == ["a", "b"]
    assert keep(ledger, ws, failed) == operation.id
    assert asked(emulator) == ["a", "b"], "nothing is asked twice"
    assert why_not(ledger, operation) == ""


def test_the_service_log_is_kept_where_the_workspace_points_to_it(
    ledger: Ledger, ws: Workspace, emulator: Emulator
) -> None:
    operation = updated(ledger)
    says(emulator, "churn", "a", "built")
    fault(
        emulator,
        "GET",
        LOG.format(endpoint="churn", entity="a", which="logs"),
        "status",
        status=200,
        body={"logs": "x"},
    )
    keep(ledger, ws, raw(entity("a", message="Look at the service logs.")))
    assert kept(ledger, operation) == [("a", "build", "built"), ("a", "service", "x")]


def test_three_entities_are_looked_at_and_no_more(ledger: Ledger, ws: Workspace, emulator: Emulator) -> None:
    operation = updated(ledger)
    says(emulator, "churn", "*", "text")
    keep(ledger, ws, raw(*(entity(name) for name in "abcd")))
    assert [name for name, _, _ in kept(ledger, operation)] == asked(emulator) == ["a", "b", "c"]


def test_an_update_that_did_not_fail_or_was_not_made_here_asks_nothing(
    ledger: Ledger, ws: Workspace, emulator: Emulator
) -> None:
    failed = raw(entity("a"))
    assert keep(ledger, ws, failed) == "", "nobody here made it"
    operation = updated(ledger)
    for state in ("IN_PROGRESS", "NOT_UPDATING"):
        assert keep(ledger, ws, raw(entity("a"), state=state)) == ""
    assert keep(ledger, ws, {**failed, "state": None}) == keep(ledger, ws, {}) == ""
    assert (asked(emulator), kept(ledger, operation), why_not(ledger, operation)) == ([], [], "")


@pytest.mark.parametrize(
    ("failed", "why"),
    [
        (
            raw(MODEL, config={"served_entities": [MODEL]}),
            "no container",
        ),
        (raw(entity("a"), permission_level="CAN_VIEW"), "needs CAN_MANAGE"),
        (raw(entity("a", "DEPLOYMENT_READY"), {"name": "b"}), "named no served entity that failed"),
        (raw(pending_config={"config_version": 4}), "named no served entity that failed"),
    ],
)
def test_why_nothing_could_be_kept_is_told_without_asking(
    ledger: Ledger, ws: Workspace, emulator: Emulator, failed: dict[str, Any], why: str
) -> None:
    operation = updated(ledger)
    assert keep(ledger, ws, failed) == operation.id
    assert why in why_not(ledger, operation)
    assert (kept(ledger, operation), asked(emulator)) == ([], [])


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (403, {"error_code": "PERMISSION_DENIED", "message": "no"}, "needs CAN_MANAGE"),
        (400, {"error_code": "BAD_REQUEST", "message": "log rotated"}, "could not be read: log rotated"),
        (200, {"logs": "  "}, "Nothing was printed"),
    ],
)
def test_a_log_that_cannot_be_read_is_told_and_tried_again(
    ledger: Ledger, ws: Workspace, emulator: Emulator, status: int, body: dict[str, Any], why: str
) -> None:
    operation = updated(ledger)
    failed = raw(entity("a"), entity("b"), permission_level=None)
    fault(
        emulator,
        "GET",
        LOG.format(endpoint="churn", entity="*", which="build-logs"),
        "status",
        status=status,
        body=body,
        times=9,
    )
    assert keep(ledger, ws, failed) == operation.id
    assert why in why_not(ledger, operation)
    assert kept(ledger, operation) == []
    says(emulator, "churn", "*", "found")
    keep(ledger, ws, failed)
    assert why_not(ledger, operation) == ""
    assert [name for name, _, _ in kept(ledger, operation)] == ["a", "b"]


def test_one_log_that_cannot_be_read_costs_no_other(ledger: Ledger, ws: Workspace, emulator: Emulator) -> None:
    operation = updated(ledger)
    says(emulator, "churn", "b", "found")
    bad = {"match": {"method": "GET", "path": LOG.format(endpoint="churn", entity="a", which="build-logs")}}
    order = {**bad, "fault": "status", "status": 400, "times": 9, "body": {"message": "gone"}}
    httpx.post(f"{emulator.url}/_emulator/faults", json=order, timeout=10).raise_for_status()
    keep(ledger, ws, raw(entity("a"), entity("b")))
    assert kept(ledger, operation) == [("b", "build", "found")]
    assert why_not(ledger, operation) == ""


def test_a_history_that_cannot_be_read_stops_no_look(ws: Workspace) -> None:
    unread = Ledger(open_engine("sqlite://"), KEY)
    assert keep(unread, ws, raw(entity("a"))) == ""


def test_an_update_that_nobody_looked_at_before_the_next_change_says_so(ledger: Ledger) -> None:
    operation = updated(ledger)
    assert why_not(ledger, operation) == ""
    with Session(ledger.engine) as session:
        facts: dict[str, Any] = {"endpoint": "churn", "at": 1, "body": {}}
        session.add(Snapshot(hash="a", op_id=operation.id, **facts))
        session.flush()
        session.add(Snapshot(hash="b", source=kept_logs.FELL_BACK, **facts))
        session.commit()
    assert "changed again before anybody" in why_not(ledger, operation)
