"""Rights that a change of permissions takes away: told before it is applied, and only where they are lost."""

import pytest

from web.changes.lockouts import Entry, lockouts, lost_by, principal_of
from web.workspace.iam import Me

BOB = Me("2", "bob@example.com", "Bob", ("ml-team",), True)
ADMIN = Me("1", "alice@example.com", "Alice", ("admins",), True)


def user(name: str, level: str) -> Entry:
    return {"user_name": name, "permission_level": level}


def group(name: str, level: str) -> Entry:
    return {"group_name": name, "permission_level": level}


def keys(was: list[Entry], wanted: list[Entry], inherited: list[Entry] | None = None, me: Me = BOB) -> list[str]:
    return [one.key for one in lockouts(was, wanted, inherited or [], me)]


MINE = [user("bob@example.com", "CAN_MANAGE")]


def test_whoever_keeps_managing_is_told_nothing() -> None:
    assert keys(MINE, MINE) == []
    assert keys(MINE, [group("ml-team", "CAN_MANAGE")]) == []


def test_losing_ones_own_right_is_told_unless_it_is_inherited_or_one_is_an_admin() -> None:
    others = [user("eve@example.com", "CAN_MANAGE")]
    assert keys(MINE, others) == ["you"]
    assert keys(MINE, [*others, user("bob@example.com", "CAN_QUERY")]) == ["you"]
    assert keys(MINE, others, [group("ml-team", "CAN_MANAGE")]) == []
    assert keys(MINE, others, [group("ml-team", "CAN_VIEW")]) == ["you"]
    assert keys(MINE, others, me=ADMIN) == []


def test_an_endpoint_without_a_direct_manager_is_told_even_to_an_admin() -> None:
    assert keys(MINE, [user("bob@example.com", "CAN_VIEW")], me=ADMIN) == ["last"]
    assert keys(MINE, [], [group("ml-team", "CAN_MANAGE")]) == ["last"]
    assert keys(MINE, []) == ["you", "last"]


def test_the_portals_own_right_is_told_inside_databricks_apps_only(monkeypatch: pytest.MonkeyPatch) -> None:
    was = [*MINE, {"service_principal_name": "portal-app", "permission_level": "CAN_QUERY"}]
    monkeypatch.delenv("DATABRICKS_APP_NAME", raising=False)
    monkeypatch.setenv("DATABRICKS_CLIENT_ID", "portal-app")
    assert keys(was, MINE) == []
    monkeypatch.setenv("DATABRICKS_APP_NAME", "serving-portal")
    assert keys(was, MINE) == ["portal"]
    assert keys(was, was) == []
    assert keys(MINE, MINE) == []


@pytest.mark.parametrize(
    ("was", "wanted", "lost"),
    [
        ("CAN_MANAGE", "CAN_QUERY", True),
        ("CAN_QUERY", "CAN_VIEW", True),
        ("CAN_VIEW", "CAN_QUERY", False),
        ("CAN_QUERY", "CAN_QUERY", False),
        ("CAN_VIEW", "SOMETHING_NEW", True),
        ("SOMETHING_NEW", "CAN_VIEW", False),
    ],
)
def test_a_lower_level_is_a_loss(was: str, wanted: str, lost: bool) -> None:
    assert lost_by("bob", [user("bob", was)], [user("bob", wanted), user("eve", "CAN_VIEW")]) is lost


def test_the_best_of_several_grants_counts() -> None:
    both = [user("bob", "CAN_VIEW"), user("bob", "CAN_MANAGE"), user("eve", "CAN_MANAGE")]
    assert lost_by("bob", both, [user("bob", "CAN_QUERY")])
    assert not lost_by("bob", [user("bob", "CAN_QUERY")], both)
    assert not lost_by("bob", [], [])
    assert lost_by("bob", [user("bob", "CAN_VIEW")], [])


def test_an_entry_names_one_of_three_kinds_of_principal() -> None:
    assert principal_of({"user_name": "a"}) == "a"
    assert principal_of({"user_name": "", "group_name": "b"}) == "b"
    assert principal_of({"service_principal_name": "c"}) == "c"
    assert principal_of({"permission_level": "CAN_VIEW"}) == ""
