"""An endpoint as a resource of an app: the list sent is always the live one with one edit in it."""

from typing import Any

import pytest

from web.changes.app_attach import (
    APP,
    app_blockers,
    app_breaches,
    app_calls,
    app_sides,
    app_warnings,
    endpoint_of,
    merged_change,
    resources_of,
    told,
    undo,
)
from web.changes.app_state import judged, kept, read_back, with_app
from web.changes.kinds import Change, Kind
from web.errors import Invalid
from web.workspace.client import Workspace

NAME, KEYED = "an-app", "key"
BODY = {"app": NAME, "resource_key": KEYED, "permission": "CAN_QUERY"}
ATTACH, DETACH = Kind.APP_ATTACH, Kind.APP_DETACH
WAREHOUSE = {"name": "warehouse", "sql_warehouse": {"id": "w"}}


def change(kind: Kind = ATTACH, **more: Any) -> Change:
    return Change(kind=kind, endpoint="churn", body={**BODY, **more})


def resource(key: str = KEYED, endpoint: str = "churn", level: str = "CAN_QUERY", **more: Any) -> dict[str, Any]:
    return {"name": key, **more, "serving_endpoint": {"name": endpoint, "permission": level}}


def live(*resources: Any, state: str = "ACTIVE", **more: Any) -> dict[str, Any]:
    """The endpoint with the app beside it."""
    app = {"name": NAME, "compute_status": {"state": state}, "resources": list(resources)}
    return {"name": "churn", "id": "1", "permission_level": "CAN_MANAGE", APP: app, **more}


def paths(found: Any) -> list[str]:
    return [path for path, _ in found]


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"app": "a"}, "app"), ({"app": "-app"}, "app"), ({"app": "App"}, "app"), ({"app": "a" * 31}, "app"),
        ({"app": None}, "app"), ({"app": "a1"}, ""), ({"app": "a" * 30}, ""), ({"app": "xx"}, ""),
        ({"resource_key": "_a"}, "resource_key"), ({"resource_key": "a"}, "resource_key"),
        ({"resource_key": None}, "resource_key"), ({"resource_key": "a.b"}, "resource_key"),
        ({"resource_key": "A_-9"}, ""), ({"resource_key": "a" * 30}, ""), ({"resource_key": "a" * 31}, "resource_key"),
        ({"permission": "CAN_USE"}, "permission"), ({"permission": None}, "permission"),
        ({"permission": "CAN_VIEW"}, ""), ({"permission": "CAN_QUERY"}, ""), ({"permission": "CAN_MANAGE"}, ""),
    ],
)  # fmt: skip
def test_an_app_a_key_and_a_level_have_their_rules(more: dict[str, Any], path: str) -> None:
    assert paths(app_breaches(change(**more))) == ([path] if path else [])
    needed = path if path != "permission" else ""
    assert paths(app_breaches(change(DETACH, **more))) == ([needed] if needed else [])


def test_one_request_carries_the_whole_list_with_one_edit() -> None:
    def sent(made: Change, *have: Any) -> tuple[Any, ...]:
        (call,) = app_calls(made, live(*have))
        assert call.body is not None
        assert (call.method, call.path) == ("POST", f"/api/2.0/apps/{NAME}/update")
        assert (call.body["update_mask"], call.body["app"]["name"]) == ("resources", NAME)
        return call.says.partition(" the endpoint")[0], call.body["app"]["resources"]

    assert sent(change()) == ("Attach", [resource()])
    assert sent(change(), WAREHOUSE, "odd") == ("Attach", [WAREHOUSE, resource()])
    described = resource(level="CAN_VIEW", description="d")
    assert sent(change(), described, WAREHOUSE) == ("Attach", [resource(description="d"), WAREHOUSE])
    assert sent(change(DETACH), WAREHOUSE, resource()) == ("Detach", [WAREHOUSE])
    assert sent(change(DETACH)) == ("Detach", [])


def test_a_review_shows_the_list_before_and_after() -> None:
    before, after = app_sides(change(), live(WAREHOUSE))
    assert (before, after) == ({"resources": [WAREHOUSE]}, {"resources": [WAREHOUSE, resource()]})
    assert resources_of({}) == resources_of({APP: None}) == resources_of({APP: {"resources": None}}) == []


def test_what_the_app_as_it_is_forbids() -> None:
    assert paths(app_blockers(change(), live())) == paths(app_blockers(change(), {})) == []
    assert paths(app_blockers(change(), live(state="STOPPED"))) == []
    assert paths(app_blockers(change(), live(state="UPDATING"))) == [""]
    assert paths(app_blockers(change(), live(WAREHOUSE, resource()))) == [], "another level for the same"
    assert list(app_blockers(change(), live(resource(endpoint="other")))) == [
        ("resource_key", f"The app uses the key '{KEYED}' for the endpoint other. Choose another key.")
    ]
    assert paths(app_blockers(change(DETACH), live(resource()))) == []
    for have in ([], [resource("another")], [resource(endpoint="other")]):
        assert paths(app_blockers(change(DETACH), live(*have))) == ["resource_key"]


def test_what_a_person_should_know_before() -> None:
    assert paths(app_warnings(change(DETACH), live())) == [""]
    assert paths(app_warnings(change(), live())) == paths(app_warnings(change(), live(resource()))) == []
    assert paths(app_warnings(change(), live(WAREHOUSE, resource("other", "else")))) == []
    (twice,) = app_warnings(change(), live(resource("first"), resource("second"), resource()))
    assert twice == ("resource_key", "The app has this endpoint already, as 'first'.")
    assert paths(app_warnings(change(permission="CAN_MANAGE"), live())) == ["permission"]
    assert paths(app_warnings(change(), live(permission_level="CAN_QUERY"))) == [""]
    assert paths(app_warnings(change(), live(permission_level="CAN_QUERY", id=""))) == []
    assert paths(app_warnings(change(), live(permission_level=None))) == []


def test_a_resource_is_told_in_words() -> None:
    assert told(resource()) == "the endpoint churn"
    assert told(WAREHOUSE) == "a sql warehouse"
    assert told({"name": "x"}) == "a something else"
    assert [endpoint_of(one) for one in (None, {}, WAREHOUSE, {"serving_endpoint": "x"})] == [""] * 4
    assert endpoint_of({"serving_endpoint": {}}) == ""


def test_a_merged_list_leads_to_attaching_or_detaching() -> None:
    gone = merged_change(change(), {"resources": [WAREHOUSE]})
    assert (gone.kind, gone.body) == (DETACH, {"app": NAME, "resource_key": KEYED})
    assert merged_change(change(), {}).kind is DETACH
    bare = change().model_copy(update={"body": {"resource_key": KEYED}})
    assert merged_change(bare, {}).body == {"resource_key": KEYED}
    held = merged_change(change(DETACH), {"resources": [WAREHOUSE, resource(level="CAN_VIEW")]})
    assert (held.kind, held.body) == (ATTACH, {**BODY, "permission": "CAN_VIEW"})
    assert merged_change(change(), {"resources": [{"name": KEYED}]}).body["permission"] is None


def test_what_was_applied_is_taken_back_to_what_was_there() -> None:
    def back(made: Change, before: Any) -> tuple[Any, ...]:
        found = undo(made.model_dump(mode="json"), before)
        assert found is not None
        return found.kind, found.body.get("permission")

    assert back(change(), {"resources": [WAREHOUSE]}) == back(change(), None) == back(change(), {}) == (DETACH, None)
    was = {"resources": [WAREHOUSE, resource(level="CAN_VIEW")]}
    assert back(change(), was) == back(change(DETACH), was) == (ATTACH, "CAN_VIEW")
    assert undo(Change(kind=Kind.STOP, endpoint="churn").model_dump(mode="json"), was) is None


def test_the_app_itself_tells_whether_a_change_without_an_answer_was_applied(ws: Workspace) -> None:
    """retention-dashboard has churn already, as churn-model."""
    there = change(app="retention-dashboard", resource_key="churn-model")
    live, read_by = with_app(ws, there, {"name": "churn", "id": "1"})
    assert (live["name"], live[APP]["name"], read_by) == ("churn", "retention-dashboard", "")
    mine = next(one for one in resources_of(live) if endpoint_of(one) == "churn")
    there.body["permission"] = mine["serving_endpoint"]["permission"]
    assert judged(ws, there.model_dump(mode="json")) == ("success", "The app has it.")
    outcome, why = judged(ws, there.model_copy(update={"kind": DETACH}).model_dump(mode="json"))
    assert (outcome, why.endswith("it was not applied.")) == ("failed", True)
    assert read_back(ws, there, {"name": "churn"}) == kept(there, live)
    assert kept(there, live) == {"app": "retention-dashboard", "resources": resources_of(live)}
    for nobodys in ("no-such-app", "x" * 80):
        with pytest.raises(Invalid) as refused:
            with_app(ws, change(app=nobodys), live)
        assert (refused.value.field, nobodys[:60] in refused.value.message) == ("app", True)
        assert "x" * 61 not in refused.value.message
