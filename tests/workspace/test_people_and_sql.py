"""Who asks, whom a grant can name, and what a SQL statement answers."""

import pytest

from tests.workspace.conftest import Backdoor, OpenDoor
from web.emulator.sql import Warehouse
from web.errors import Forbidden, NotFound, PortalError, Unauthenticated, Unavailable
from web.workspace import iam, sql
from web.workspace.client import Workspace


def test_me_is_whose_token_was_sent(backdoor: Backdoor, open_door: OpenDoor) -> None:
    bob, alice = iam.me(open_door("bob")), iam.me(open_door("alice"))
    assert (bob.user_name, bob.active, bob.is_admin) == ("bob@example.com", True, False)
    assert "ml-team" in bob.groups
    assert alice.is_admin
    with pytest.raises((Forbidden, Unauthenticated)):
        iam.me(open_door("nobody"))


def test_a_search_finds_people_by_a_part_of_their_name(backdoor: Backdoor, open_door: OpenDoor) -> None:
    alice = open_door("alice")
    assert [p.name for p in iam.search_users(alice, "charlie@").principals] == ["charlie@example.com"]
    assert "ml-team" in [p.name for p in iam.search_groups(alice, "ml-t").principals]
    assert "portal-app" in [p.name for p in iam.search_service_principals(alice, "").principals]
    assert iam.search_users(alice, 'no" or userName co "').principals == ()


def test_a_search_stops_at_its_limit(backdoor: Backdoor, open_door: OpenDoor) -> None:
    for index in range(300):
        backdoor.world.people.add_user(f"crowd{index}@example.com", f"Crowd {index}")
    backdoor.forget()
    assert len(iam.search_users(open_door("alice"), "crowd", limit=250).principals) == 250
    assert len(backdoor.requests()) == 3


def test_a_server_that_repeats_its_page_is_not_asked_for_ever(backdoor: Backdoor, open_door: OpenDoor) -> None:
    page = {"Resources": [{"id": "1", "userName": "a@b.c"}], "totalResults": 1}
    backdoor.fault("status", "*/Users", times=99, status=200, body=page)
    backdoor.forget()
    assert [p.name for p in iam.search_users(open_door("alice"), "").principals] == ["a@b.c"]
    assert len(backdoor.requests()) == 2


def test_who_may_not_list_people_gets_free_text(backdoor: Backdoor, open_door: OpenDoor) -> None:
    backdoor.fault("status", "*/Users", status=403)
    found = iam.search_users(open_door("bob"), "x")
    assert (found.principals, found.allowed) == ((), False)


@pytest.fixture
def warehouse(backdoor: Backdoor) -> str:
    """A running SQL warehouse."""
    backdoor.world.sql.by_id["w1"] = Warehouse("w1", "small")
    return "w1"


def answered(ws: Workspace, warehouse: str, statement: str, parameters: dict[str, object] | None = None) -> sql.Table:
    """The result of a statement on a warehouse that runs."""
    table = sql.progress(ws, sql.submit(ws, warehouse, statement, parameters).id).table
    assert table is not None
    return table


def test_a_statement_answers_with_columns_and_rows(bob_sees: Workspace, warehouse: str) -> None:
    assert "w1" in [found["id"] for found in sql.warehouses(bob_sees)]
    table = answered(bob_sees, warehouse, "SELECT :a AS a, :b AS b, :c AS c", {"a": "it's", "b": 2, "c": None})
    assert table.columns == ("a", "b", "c")
    assert table.rows == (("it's", "2", None),)


def test_a_result_of_several_chunks_is_read_to_its_end(bob_sees: Workspace, warehouse: str) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i FROM n"
    rows = answered(bob_sees, warehouse, numbers).rows
    assert [row[0] for row in rows] == [str(i) for i in range(1, 2501)]


def test_a_failed_statement_is_an_error_although_its_status_is_200(bob_sees: Workspace, warehouse: str) -> None:
    with pytest.raises(PortalError) as failed:
        answered(bob_sees, warehouse, "SELECT nothing FROM nowhere")
    assert failed.value.status == 502
    assert failed.value.code == "BAD_REQUEST"


def test_a_statement_waits_for_its_warehouse_until_it_is_cancelled(
    backdoor: Backdoor, bob_sees: Workspace, warehouse: str
) -> None:
    backdoor.world.sql.by_id[warehouse].state = "STOPPED"
    backdoor.world.clock.speed = 0.001
    sent = sql.submit(bob_sees, warehouse, "SELECT 1")
    assert sql.progress(bob_sees, sent.id).state == "PENDING"
    assert sql.warehouse_state(bob_sees, warehouse) == "STARTING"
    sql.cancel(bob_sees, sent.id)
    with pytest.raises(PortalError, match="CANCELED"):
        sql.progress(bob_sees, sent.id)
    assert sql.warehouse_state(bob_sees, "gone") == ""


def test_a_lost_reply_is_not_asked_for_again(backdoor: Backdoor, bob_sees: Workspace, warehouse: str) -> None:
    backdoor.fault("drop_reply", "/api/2.0/sql/statements", "POST")
    backdoor.forget()
    with pytest.raises(Unavailable):
        sql.submit(bob_sees, warehouse, "SELECT 1")
    assert len(backdoor.requests()) == 1


def test_an_odd_warehouse_id_is_never_sent(backdoor: Backdoor, bob_sees: Workspace) -> None:
    backdoor.forget()
    with pytest.raises(NotFound):
        sql.submit(bob_sees, "../x", "SELECT 1")
    assert backdoor.requests() == []


def test_one_principal_is_found_by_the_name_that_grants_use(backdoor: Backdoor, open_door: OpenDoor) -> None:
    alice = open_door("alice")
    backdoor.world.people.add_service_principal("id-4711", "nightly", "ml-team")
    bob = iam.find(alice, "user", "BOB@example.com")
    assert bob is not None
    assert "ml-team" in bob.groups
    nightly = iam.find(alice, "service_principal", "id-4711")
    assert nightly is not None
    assert (nightly.principal.display_name, nightly.active) == ("nightly", True)
    assert iam.find(alice, "group", 'x" or displayName co "') is None
    assert [p.name for p in iam.named(alice, "service_principal", "Nightly").principals] == ["id-4711"]
    assert [p.name for p in iam.named(alice, "service_principal", "id-4711").principals] == ["id-4711"]
    assert iam.named(alice, "user", "bob").principals == ()
