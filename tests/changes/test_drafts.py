"""A draft by itself: one's own, kept without what was typed as a secret, and given back with it for an hour."""

import json
from typing import Any

import pytest
from sqlmodel import Session, select

from web.audit.ledger import Ledger
from web.audit.models import Draft, Snapshot
from web.changes import drafts
from web.changes.forms import held
from web.changes.kinds import Base, Change, Kind
from web.changes.perform import Actor
from web.errors import Invalid, NotFound
from web.workspace.client import Workspace

BOB, ALICE = Actor("bob@example.com"), Actor("alice@example.com")
CANARY = "hunter2-canary"
BASE = Base(config_version=3, hash="h")
VARIABLES = {"PLAIN": CANARY, "REF": "{{secrets/s/k}}", "KEPT": "$live:config.served_entities[a].environment_vars.KEPT"}
BODY: dict[str, Any] = {
    "served_entities": [
        {"name": "a", "environment_vars": VARIABLES},
        {"name": "b", "external_model": {"openai_config": {"openai_api_key_plaintext": CANARY}}},
    ],
    "n": 1,
}


def change(body: dict[str, Any] | None = None) -> Change:
    return Change(kind=Kind.CONFIG, endpoint="churn", body=BODY if body is None else body)


def start(ledger: Ledger, body: dict[str, Any] | None = None, base: Base | None = BASE) -> str:
    """The id of a new draft of bob's."""
    address = drafts.start(ledger, BOB, change(body), base)
    assert address.startswith("/changes/review/")
    return address.rpartition("/")[2]


def stored(ledger: Ledger) -> list[str]:
    """The drafts as they lie in the database."""
    with Session(ledger.engine) as session:
        return [json.dumps(draft.change) for draft in session.exec(select(Draft))]


def test_a_draft_is_its_owners_alone(ledger: Ledger) -> None:
    draft = start(ledger)
    start(ledger, {})
    for who, name in ((ALICE, draft), (BOB, draft[:-1]), (BOB, "")):
        for look in (drafts.load, drafts.reopen):
            with pytest.raises(NotFound):
                look(ledger, who, name)


def test_a_draft_comes_back_as_it_was_and_its_secrets_are_never_stored(ledger: Ledger) -> None:
    draft = start(ledger)
    assert len(draft) == 32, "an address that nobody guesses"
    assert drafts.load(ledger, BOB, draft) == (change(), BASE)
    (text,) = stored(ledger)
    assert CANARY not in text
    assert json.loads(text)["kind"] == "config.update"
    kept = json.loads(text)["body"]["served_entities"][0]["environment_vars"]
    assert {k: kept[k] for k in ("REF", "KEPT")} == {k: VARIABLES[k] for k in ("REF", "KEPT")}
    assert drafts.load(ledger, BOB, start(ledger, base=None)) == (change(), None)


def test_a_draft_that_is_opened_again_shows_marks_in_place_of_secrets(ledger: Ledger) -> None:
    again, base = drafts.reopen(ledger, BOB, start(ledger))
    plain = again.body["served_entities"][0]["environment_vars"]["PLAIN"]
    typed = again.body["served_entities"][1]["external_model"]["openai_config"]["openai_api_key_plaintext"]
    assert CANARY not in again.model_dump_json()
    assert [held.give(BOB.email, mark) for mark in (plain, typed)] == [CANARY, CANARY]
    assert (again.kind, again.endpoint, again.body["n"], base) == (Kind.CONFIG, "churn", 1, BASE)


def test_a_secret_is_held_for_its_time_and_then_asked_for_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert drafts.KEEP_S == 3600
    lasting = start(ledger)
    with monkeypatch.context() as patch:
        patch.setattr(drafts, "KEEP_S", -1.0)
        short = start(ledger)
    with pytest.raises(Invalid, match="not held any more") as gone:
        drafts.load(ledger, BOB, short)
    assert gone.value.code == "SECRET_GONE"
    again, _ = drafts.reopen(ledger, BOB, short)
    mark = again.body["served_entities"][0]["environment_vars"]["PLAIN"]
    assert held.is_mark(mark)
    assert held.give(BOB.email, mark) is None
    start(ledger)
    assert drafts.load(ledger, BOB, lasting)[0] == change(), "only what is over is thrown away"
    with pytest.raises(Invalid, match="not held any more"):
        drafts.load(ledger, BOB, short)


def test_what_was_to_stay_as_it_is_and_is_gone_is_told(ledger: Ledger, ws: Workspace) -> None:
    mark = "$live:config.served_entities[churn-3].environment_vars.GONE"
    draft = start(ledger, {"served_entities": [{"name": "churn-3", "environment_vars": {"GONE": mark}}]})
    assert mark in drafts.load(ledger, BOB, draft)[0].model_dump_json(), "without the workspace the mark stays"
    with pytest.raises(Invalid, match="GONE was to stay as it is") as refused:
        drafts.load(ledger, BOB, draft, ws)
    assert refused.value.code == "SECRET_GONE"
    plain = start(ledger, {"served_entities": []})
    assert drafts.load(ledger, BOB, plain, ws)[0].body == {"served_entities": []}


def test_a_form_carries_what_it_was_made_from() -> None:
    assert drafts.base_from_form({"base_hash": "a" * 70, "base_version": "7"}) == Base(config_version=7, hash="a" * 64)
    for version in ("", "seven", None):
        assert drafts.base_from_form({"base_hash": "a", "base_version": version}) == Base(hash="a")
    assert drafts.base_from_form({"base_hash": "a"}) == Base(hash="a")
    assert drafts.base_from_form({"base_hash": "", "base_version": "7"}) is drafts.base_from_form({}) is None


def test_the_base_of_a_form_is_remembered_to_explain_a_conflict(ledger: Ledger) -> None:
    live = {"name": "churn", "id": "1", "tags": [{"key": "team", "value": "growth"}], "config": {"config_version": 3}}
    grants = [{"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"}]
    tags = drafts.open_base(ledger, Kind.TAGS, live)
    rights = drafts.open_base(ledger, Kind.PERMISSIONS, live, grants)
    with Session(ledger.engine) as session:
        seen = {row.hash: (row.endpoint, row.scope, row.body) for row in session.exec(select(Snapshot))}
    assert seen[tags.hash] == ("churn", "tags.update", {"tags": live["tags"]})
    assert seen[rights.hash] == ("churn", "permissions.update", {"access_control_list": grants})


def test_two_changes_are_the_same_when_they_ask_for_the_same() -> None:
    assert drafts.same(change(), Change.model_validate(change().model_dump()))
    assert not drafts.same(change(), change({}))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "This is not valid JSON at line 1, column 1."),
        ('{"a": 1,\n "b"}', "This is not valid JSON at line 2, column 5."),
        ("[" * 100_000, "This is not valid JSON."),
        ("[1]", "This is JSON, but not an object."),
        ("null", "This is JSON, but not an object."),
        ('{"a": NaN}', "This cannot be sent. NaN and Infinity are no JSON numbers."),
    ],
)
def test_what_was_typed_as_json_is_an_object_or_told_where_it_breaks(text: str, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        drafts.parse_body(text)
    assert (refused.value.message, refused.value.field) == (message, "json")


def test_a_json_object_is_taken_as_it_is() -> None:
    assert drafts.parse_body('{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}
