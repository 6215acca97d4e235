"""What is said of each call of a change: done, refused, failed, unknown or not sent, and never more than is known."""

from typing import Any

import pytest

from tests.changes.wire import ACL, API, CUT, ID, Wire
from web.changes.kinds import Call
from web.changes.send import NO_WORKSPACE, deliver
from web.errors import Conflict, Forbidden, PortalError
from web.workspace.behalf import Behalf, Unproven

MAKE = Call(method="POST", path=API, body={"name": "x"}, says="make")
GRANT = Call(method="PATCH", path=f"{ACL}/{{id}}", body={"access_control_list": []}, says="grant")
TAGS = Call(method="PATCH", path=f"{API}/x/tags", body={"add_tags": []}, says="tag")
LATER = Call(method="DELETE", path=f"{API}/x", says="delete")
LIVE = {"name": "x", "id": ID, "permission_level": "CAN_MANAGE"}


def statuses(calls: list[dict[str, Any]]) -> list[str]:
    return [call["status"] for call in calls]


def test_each_call_is_sent_once_and_in_order_and_the_new_id_goes_into_the_later_ones(wire: Wire) -> None:
    wire.says("POST", API, {"id": ID})
    wire.says("PATCH", f"{ACL}/{ID}", b"")
    wire.says("DELETE", f"{API}/x", [1])
    found = deliver(wire.door(), [MAKE, GRANT, LATER])
    assert wire.sent == [
        ("POST", API, {"name": "x"}),
        ("PATCH", f"{ACL}/{ID}", {"access_control_list": []}),
        ("DELETE", f"{API}/x", None),
    ]
    assert (found.outcome, found.error, found.refusal) == ("success", None, None)
    assert found.replies == [{"id": ID}, {}, {}]
    done = {"status": "done", "http_status": 200}
    assert found.calls[:2] == [{**MAKE.model_dump(), **done}, {**GRANT.model_dump(), "path": f"{ACL}/{ID}", **done}]


@pytest.mark.parametrize("status", [400, 403, 409, 429, 501, 505, 300, 302])
def test_a_refusal_ends_it_and_is_told_as_the_workspace_told_it(wire: Wire, status: int) -> None:
    said = {"error_code": "NO", "message": "Not so.", "details": [{"request_id": "r-1"}]}
    wire.says("PATCH", f"{API}/x/tags", said, status)
    found = deliver(wire.door(), [TAGS, LATER])
    assert (found.outcome, statuses(found.calls)) == ("refused", ["refused", "not sent"])
    assert found.calls[0]["http_status"] == status
    assert "http_status" not in found.calls[1]
    assert found.refusal is not None
    told = {"code": "NO", "message": "Not so.", "hint": found.refusal.hint, "status": status, "request_id": "r-1"}
    assert found.error == told
    assert isinstance(found.refusal, {403: Forbidden, 409: Conflict}.get(status, PortalError))
    assert len(wire.sent) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_that_failed_over_it_leaves_it_unknown(wire: Wire, status: int) -> None:
    wire.says("PATCH", f"{API}/x/tags", {"message": "Oh."}, status)
    found = deliver(wire.door(), [TAGS, LATER])
    assert (found.outcome, statuses(found.calls)) == ("unknown", ["unknown", "not sent"])
    assert found.refusal is None
    assert found.error is not None
    assert (found.error["status"], found.error["message"]) == (status, "Oh.")
    assert "partial" not in found.error


def test_no_reply_is_unknown_and_no_connection_is_failed(wire: Wire) -> None:
    wire.says("PATCH", f"{API}/x/tags", CUT)
    lost = deliver(wire.door(), [TAGS, LATER])
    assert (lost.outcome, statuses(lost.calls)) == ("unknown", ["unknown", "not sent"])
    assert lost.error is not None
    assert (lost.error["code"], lost.error["hint"]) == ("NO_ANSWER", "")
    assert lost.error["message"].startswith("The request was sent, its answer did not arrive")
    nobody = deliver(wire.door(url="http://127.0.0.1:1"), [TAGS, LATER])
    assert (nobody.outcome, statuses(nobody.calls)) == ("failed", ["failed", "not sent"])
    assert nobody.error is not None
    assert nobody.error["code"] == "NOT_SENT"
    assert nobody.refusal is None
    assert len(wire.sent) == 1


@pytest.mark.parametrize("second", [CUT, {"message": "No."}])
def test_what_was_done_before_it_ended_is_counted(wire: Wire, second: Any) -> None:
    wire.says("POST", API, {"id": ID})
    wire.says("PATCH", f"{ACL}/{ID}", second, 400)
    found = deliver(wire.door(), [MAKE, GRANT, LATER])
    assert statuses(found.calls) == ["done", "unknown" if second == CUT else "refused", "not sent"]
    assert found.error is not None
    assert found.error["partial"] == "1 of 3 calls were done before this."
    assert found.error["code"]


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"[" * 100_000])
def test_a_success_that_is_no_json_is_not_the_workspaces(wire: Wire, body: bytes) -> None:
    wire.says("PATCH", f"{API}/x/tags", body)
    found = deliver(wire.door(), [TAGS])
    assert (found.outcome, statuses(found.calls), found.replies) == ("unknown", ["unknown"], [])
    assert found.error == {"code": "BAD_ANSWER", "message": NO_WORKSPACE, "hint": ""}


def test_a_create_without_an_id_is_unknown_where_a_later_call_needs_one(wire: Wire) -> None:
    wire.says("POST", API, {})
    wire.says("DELETE", f"{API}/x")
    found = deliver(wire.door(), [MAKE, GRANT])
    assert (found.outcome, statuses(found.calls)) == ("unknown", ["unknown", "not sent"])
    assert found.error == {"code": "BAD_ANSWER", "message": NO_WORKSPACE, "hint": ""}
    assert [method for method, _, _ in wire.sent] == ["POST"]
    assert deliver(wire.door(), [MAKE, LATER]).outcome == "success"


def test_what_is_no_json_is_not_sent(wire: Wire) -> None:
    with pytest.raises(ValueError, match="JSON"):
        deliver(wire.door(), [Call(method="PUT", path=API, body={"x": float("nan")})])
    assert wire.asked == []


def test_a_key_that_the_workspace_quotes_is_taken_out_of_all_it_says(wire: Wire) -> None:
    key = "typed-by-hand"
    call = Call(method="PUT", path=f"{API}/x/config", body={"openai_api_key_plaintext": key, "name": "shown"})
    wire.says("PUT", f"{API}/x/config", {"error_code": f"E-{key}", "message": f"'{key}' of shown is bad."}, 400)
    found = deliver(wire.door(), [call])
    assert found.error is not None
    assert found.error["message"] == "'(redacted)' of shown is bad."
    assert found.error["code"] == "E-(redacted)"
    assert key not in str(found.error)


def test_the_app_makes_only_the_calls_that_are_its_own_and_says_so(wire: Wire) -> None:
    wire.shows(LIVE)
    wire.says("PUT", f"{ACL}/{ID}")
    wire.says("PATCH", f"{API}/x/tags")
    put = Call(method="PUT", path=f"{ACL}/{ID}", body={"access_control_list": []})
    ws = wire.door(behalf=Behalf(lambda: wire.door("the-app"), "app-id"))
    found = deliver(ws, [TAGS, put], LIVE)
    assert found.outcome == "success"
    assert [call.get("executed_by") for call in found.calls] == [None, "app-id"]
    assert [(one.method, one.who) for one in wire.asked] == [("PATCH", "bob"), ("GET", "bob"), ("PUT", "the-app")]
    assert deliver(ws, [put]).calls[0].get("executed_by") is None
    assert deliver(wire.door(), [put], LIVE).calls[0].get("executed_by") is None
    assert [one.who for one in wire.asked[3:]] == ["bob", "bob"]


def test_what_the_app_will_not_do_for_a_person_is_refused_and_not_sent(wire: Wire) -> None:
    wire.shows({**LIVE, "permission_level": "CAN_QUERY"})
    put = Call(method="PUT", path=f"{ACL}/{ID}", body={"access_control_list": []})
    found = deliver(wire.door(behalf=Behalf(wire.door, "app-id")), [put, LATER], LIVE)
    assert (found.outcome, statuses(found.calls), wire.sent) == ("refused", ["refused", "not sent"], [])
    refusal = found.refusal
    assert isinstance(refusal, Unproven)
    told = {"code": refusal.code, "message": refusal.message, "hint": refusal.hint, "status": 403}
    assert found.error == told
