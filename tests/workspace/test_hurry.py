"""What is at hand is answered at once; what waits ends the attempt, and nothing on the way may swallow that."""

import contextlib
from pathlib import Path

import pytest

from web.audit.commits import Commits
from web.db.engine import open_engine, reading
from web.errors import PortalError
from web.hurry import at_once, unhurried
from web.workspace import listing, serving
from web.workspace.client import Workspace
from web.workspace.resting import resting


def test_what_does_not_wait_is_answered() -> None:
    assert at_once(lambda: "said") == "said"


def test_what_waits_ends_the_attempt_and_is_done_without_hurry_afterwards() -> None:
    reached: list[str] = []

    def slow() -> str:
        reached.append("begun")
        unhurried()
        reached.append("done")
        return "said"

    assert at_once(slow) is None
    assert reached == ["begun"]
    assert slow() == "said"


def test_no_handler_of_failures_on_the_way_goes_on() -> None:
    def forgiving() -> str:
        with contextlib.suppress(Exception):
            unhurried()
        return "as if it had failed"

    assert at_once(forgiving) is None


def test_a_failure_is_a_failure_and_leaves_no_hurry_behind() -> None:
    def refused() -> None:
        raise PortalError("No.")

    with pytest.raises(PortalError, match="No"):
        at_once(refused)
    unhurried()


def test_a_hurry_within_a_hurry_ends_with_the_inner_one() -> None:
    assert at_once(lambda: (at_once(unhurried), "outer")) == (None, "outer")

    def both() -> str:
        at_once(lambda: "inner")
        unhurried()
        return "outer"

    assert at_once(both) is None


def test_a_listing_that_is_fresh_is_at_hand_and_one_that_has_to_be_asked_for_is_not(bob_sees: Workspace) -> None:
    listing.forget(bob_sees)
    assert at_once(lambda: listing.snapshot(bob_sees, 60)) is None
    asked = listing.snapshot(bob_sees, 60)
    assert at_once(lambda: listing.snapshot(bob_sees, 60)) is asked


def test_nothing_is_asked_of_the_workspace_in_a_hurry(bob_sees: Workspace) -> None:
    assert at_once(lambda: serving.get_endpoint(bob_sees, "churn")) is None
    assert serving.get_endpoint(bob_sees, "churn")["name"] == "churn"

    def wait() -> None:
        with resting():
            pytest.fail("it waited")

    assert at_once(wait) is None


def test_the_history_is_neither_read_nor_written_in_a_hurry(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'history.db'}")

    def read() -> None:
        with reading(engine):
            pytest.fail("it read")

    assert at_once(read) is None
    commits = Commits(engine, lambda: None)

    def write() -> None:
        with commits.session():
            pytest.fail("it wrote")

    assert at_once(write) is None
    assert at_once(lambda: commits.look(lambda _hand: "looked")) is None
    assert at_once(lambda: commits.run(lambda _hand: "written")) is None
    assert commits.writes == 0
    engine.dispose()
