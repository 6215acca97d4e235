"""A change waits for the update in progress: applied once when it ends well, and never without having been seen."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.conftest import client
from tests.features.changes.pages import DRAFT, SEQ, at_desk, config_edit, enqueue, foreign, one, submit
from tests.features.changes.support import make, ready, until_ready, writes
from tests.servers import Portal
from web.audit.ledger import Ledger, now_ms
from web.changes import queue
from web.changes.perform import Actor
from web.emulator.front_door import FrontDoor
from web.emulator.server import Emulator

BOB, ALICE = "bob@example.com", "alice@example.com"
DAY_MS = 86_400_000


@pytest.fixture
def live(bob: httpx.Client) -> dict[str, Any]:
    return ready(bob, f"q-{uuid.uuid4().hex[:10]}")


@pytest.fixture
def desk(portal: Portal) -> Iterator[Ledger]:
    ledger = at_desk(portal)
    yield ledger
    ledger.engine.dispose()


@pytest.fixture
def updating(emulator: Emulator, live: dict[str, Any]) -> Iterator[Callable[..., None]]:
    """`updating(workload_size="Large")`: somebody elsewhere begins an update, which runs until time passes."""

    def begin(**fields: Any) -> None:
        emulator.world.clock.speed = 1.0
        foreign(emulator, "PUT", f"{live['name']}/config", config_edit(live, **fields).body)

    yield begin
    emulator.world.clock.speed = 2000.0


def finish(emulator: Emulator) -> None:
    """Time passes: the update ends."""
    httpx.post(f"{emulator.url}/_emulator/clock", json={"advance_s": 4000}, timeout=10).raise_for_status()


def size(who: httpx.Client, name: str) -> str:
    """The workload size that is live, or on its way."""
    raw = who.get(f"/api/v1/endpoints/{name}").json()
    config = raw["config"] if raw["state"]["config_update"] != "IN_PROGRESS" else raw["pending_config"]
    return str(config["served_entities"][0]["workload_size"])


def queued(bob: httpx.Client, desk: Ledger, live: dict[str, Any], **fields: Any) -> int:
    """Bob's change of the config stands in line; its number."""
    at = submit(desk, BOB, config_edit(live, **fields), live)
    answer = enqueue(bob, bob.get(at).text)
    assert answer.status_code == 303, answer.text
    return int(one(SEQ, bob.get(at).text))


def test_review_says_who_updates_and_offers_to_wait(
    bob: httpx.Client, desk: Ledger, live: dict[str, Any], updating: Callable[..., None]
) -> None:
    updating(scale_to_zero_enabled=True)
    page = bob.get(submit(desk, BOB, config_edit(live, workload_size="Medium"), live)).text
    assert "somebody outside this portal" in page
    assert "Apply when it is done" in page
    assert ">Apply</button>" not in page
    assert "somebody outside this portal" in bob.get(f"/endpoints/{live['name']}").text


def test_a_queued_change_is_applied_once_from_two_tabs(
    bob: httpx.Client, desk: Ledger, emulator: Emulator, live: dict[str, Any], updating: Callable[..., None]
) -> None:
    updating(scale_to_zero_enabled=True)
    seq = queued(bob, desk, live, workload_size="Medium")
    sent = len(writes(emulator))
    bob.post(f"/changes/queue/{seq}/apply")
    assert len(writes(emulator)) == sent, "nothing is sent while the update runs"
    assert "queue-apply" not in bob.get("/changes/queue/live").text
    assert live["name"] in bob.get("/changes/queue").text
    assert "Your queued change" in bob.get(f"/endpoints?q={live['name']}").text
    finish(emulator)
    assert f"queue-apply-{seq}" in bob.get("/changes/queue/live").text
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: bob.post(f"/changes/queue/{seq}/apply"), range(6)))
    assert len(writes(emulator)) == sent + 1
    assert size(bob, live["name"]) == "Medium"
    finish(emulator)
    entity = until_ready(bob, live["name"])["config"]["served_entities"][0]
    assert entity["scale_to_zero_enabled"], "what was made meanwhile is kept"
    history = bob.get(f"/endpoints/{live['name']}/history").text
    assert "A queued change was applied" in history


def test_one_change_waits_per_endpoint_and_the_second_person_learns_who_it_is(
    bob: httpx.Client,
    alice: httpx.Client,
    desk: Ledger,
    live: dict[str, Any],
    updating: Callable[..., None],
) -> None:
    updating(scale_to_zero_enabled=True)
    at = submit(desk, ALICE, config_edit(live, workload_size="Large"), live)
    before = alice.get(at).text
    seq = queued(bob, desk, live, workload_size="Medium")
    assert f"{BOB} is in line" in alice.get(at).text
    refused = enqueue(alice, before)
    assert refused.status_code == 409
    assert BOB in refused.text
    assert alice.post(f"/changes/queue/{seq}/cancel").status_code == 404, "not hers to cancel"
    assert bob.post(f"/changes/queue/{seq}/cancel").status_code == 303
    assert enqueue(alice, alice.get(at).text).status_code == 303
    assert "Cancelled a queued change" in bob.get(f"/endpoints/{live['name']}/history").text


@pytest.mark.parametrize("elsewhere", ["scale_to_zero_enabled", "workload_size"])
def test_what_moved_while_it_waited_must_be_seen_first(
    bob: httpx.Client,
    desk: Ledger,
    emulator: Emulator,
    live: dict[str, Any],
    updating: Callable[..., None],
    elsewhere: str,
) -> None:
    updating(environment_vars={"MODE": "a"})
    seq = queued(bob, desk, live, workload_size="Medium")
    finish(emulator)
    now = bob.get(f"/api/v1/endpoints/{live['name']}").json()
    value = True if elsewhere == "scale_to_zero_enabled" else "Large"
    foreign(emulator, "PUT", f"{live['name']}/config", config_edit(now, **{elsewhere: value}).body)
    finish(emulator)
    sent = len(writes(emulator))
    bob.post(f"/changes/queue/{seq}/apply")
    assert len(writes(emulator)) == sent
    assert "Needs you" in bob.get("/changes/queue").text
    draft = queue.own(desk, BOB, seq).draft
    page = bob.get(f"/changes/review/{draft}").text
    assert ("Keep yours" if elsewhere == "workload_size" else "Changed since you began") in page


def test_a_failed_update_is_not_piled_upon(
    bob: httpx.Client, desk: Ledger, emulator: Emulator, live: dict[str, Any], updating: Callable[..., None]
) -> None:
    updating(entity_name="main.ml.broken_missing_module", entity_version="1")
    seq = queued(bob, desk, live, workload_size="Medium")
    finish(emulator)
    sent = len(writes(emulator))
    bob.post(f"/changes/queue/{seq}/apply")
    assert len(writes(emulator)) == sent
    row = queue.own(desk, BOB, seq)
    assert (row.state, row.reason) == (queue.ATTENTION, "The update it waited for failed.")
    page = bob.get(f"/changes/review/{row.draft}").text
    assert "The update it waited for failed." in page
    assert ">Apply</button>" in page


def test_a_day_without_its_person_ends_it(
    bob: httpx.Client, portal: Portal, desk: Ledger, live: dict[str, Any], updating: Callable[..., None]
) -> None:
    updating(scale_to_zero_enabled=True)
    seq = queued(bob, desk, live, workload_size="Medium")
    tomorrow = at_desk(portal, lambda: now_ms() + DAY_MS + 1000)
    assert queue.waiting_on(tomorrow, queue.own(desk, BOB, seq).host, live["name"]) is None
    tomorrow.engine.dispose()
    assert queue.own(desk, BOB, seq).state == queue.EXPIRED
    assert "A queued change expired" in bob.get(f"/endpoints/{live['name']}/history").text


def test_the_line_survives_a_restart(start_portal: Callable[..., Portal], emulator: Emulator) -> None:
    portal = start_portal()
    door = FrontDoor(portal.url, emulator.url).start()
    with client(door, "bob") as bob:
        live = ready(bob, f"q-{uuid.uuid4().hex[:10]}")
        desk = at_desk(portal)
        emulator.world.clock.speed = 1.0
        foreign(emulator, "PUT", f"{live['name']}/config", config_edit(live, scale_to_zero_enabled=True).body)
        seq = queued(bob, desk, live, workload_size="Medium")
        portal.kill()
        portal.start()
        assert live["name"] in bob.get("/changes/queue").text
        finish(emulator)
        bob.post(f"/changes/queue/{seq}/apply")
        assert queue.own(desk, BOB, seq).state == queue.APPLIED
        desk.engine.dispose()
    door.stop()
    emulator.world.clock.speed = 2000.0


def test_a_typed_secret_that_is_not_held_any_more_needs_its_person(
    bob: httpx.Client, desk: Ledger, emulator: Emulator, live: dict[str, Any]
) -> None:
    """What is typed into a form is held by the process that took the form: here it is another one than the portal."""
    change = config_edit(live, environment_vars={"API_TOKEN": "typed-by-hand"})
    draft = submit(desk, BOB, change, live).rpartition("/")[2]
    row = queue.join(desk, Actor(BOB), emulator.url, change, live["id"], draft, "")
    sent = len(writes(emulator))
    bob.post(f"/changes/queue/{row.seq}/apply")
    assert len(writes(emulator)) == sent
    ended = queue.own(desk, BOB, row.seq or 0)
    assert ended.state == queue.ATTENTION
    assert "secret you typed is not held any more" in ended.reason


def test_a_change_applied_from_its_review_leaves_the_line(
    bob: httpx.Client, desk: Ledger, emulator: Emulator, live: dict[str, Any], updating: Callable[..., None]
) -> None:
    updating(scale_to_zero_enabled=True)
    at = submit(desk, BOB, config_edit(live, workload_size="Medium"), live)
    enqueue(bob, bob.get(at).text)
    finish(emulator)
    page = bob.get(at).text
    assert ">Apply now</button>" in page, "without JavaScript there is a button"
    assert bob.post(f"/changes/queue/{one(SEQ, page)}/apply").headers["location"] == f"/endpoints/{live['name']}"
    assert queue.own(desk, BOB, int(one(SEQ, page))).state == queue.APPLIED


def test_nothing_is_queued_when_no_update_runs(bob: httpx.Client, desk: Ledger, live: dict[str, Any]) -> None:
    at = submit(desk, BOB, config_edit(live, workload_size="Medium"), live)
    page = bob.get(at).text
    assert "Apply when it is done" not in page
    answer = bob.post("/changes/queue", data={"draft": one(DRAFT, page)})
    assert answer.status_code == 409
    assert make(bob, {"kind": "tags.update", "endpoint": live["name"], "body": {"add": {"a": "b"}}}).status_code == 201
