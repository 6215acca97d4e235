"""A typed key is sent once and seen by nobody: not in a page, not in the history, not in the JSON tab."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.features.create.support import (
    ENTITY,
    KEY,
    MODEL,
    Fields,
    as_json,
    custom,
    external,
    inputs,
    live,
    messages,
    review,
    textarea,
    writes,
)
from tests.servers import Portal
from web.emulator.server import Emulator

TYPED = "sk-typed-only-once-4711"


def typed(name: str) -> Fields:
    return external(name, **{KEY + "mode": "plaintext", KEY + "typed": TYPED})


def stored(portal: Portal) -> Iterator[bytes]:
    """Every file the portal has written."""
    yield from (path.read_bytes() for path in Path(portal.data_dir).rglob("*") if path.is_file())
    yield portal.log.read_bytes()


def test_a_typed_key_is_held_over_a_mistake_and_never_shown(
    bob: httpx.Client, emulator: Emulator, portal: Portal
) -> None:
    wrong = review(bob, {**typed("n-typed"), MODEL + "task": ""})
    assert wrong.status_code == 422
    assert TYPED not in wrong.text
    again = inputs(wrong)
    assert again[KEY + "typed"] == ""
    assert again[KEY + "held"].startswith("$held:")
    kept = {k: v for k, v in again.items() if k not in ("do", "description")}
    sent = review(bob, {**kept, MODEL + "task": "llm/v1/chat"})
    assert sent.status_code == 303, messages(sent)
    shown = bob.get(sent.headers["location"])
    assert TYPED not in shown.text
    bob.post("/changes", data={"draft": sent.headers["location"].rpartition("/")[2], "seen": ""})
    assert live(bob, "n-typed")["name"] == "n-typed"
    assert [w["path"] for w in writes(emulator)] == ["/api/2.0/serving-endpoints"]
    assert all(TYPED.encode() not in text for text in stored(portal))


def test_the_workspace_gets_the_key_that_was_typed(bob: httpx.Client, emulator: Emulator) -> None:
    sent = review(bob, typed("n-typed-real"))
    bob.post("/changes", data={"draft": sent.headers["location"].rpartition("/")[2], "seen": ""})
    endpoint = emulator.world.endpoints["n-typed-real"]
    config = endpoint.pending or endpoint.config
    assert config is not None
    assert TYPED in config.entities[0].secrets.values()


def test_the_json_tab_carries_a_mark_in_its_place(bob: httpx.Client) -> None:
    body = as_json(bob, typed("n-typed-json"))
    mark = body["config"]["served_entities"][0]["external_model"]["openai_config"]["openai_api_key_plaintext"]
    assert mark.startswith("$held:")


def test_a_mark_of_somebody_else_opens_nothing(bob: httpx.Client, alice: httpx.Client, emulator: Emulator) -> None:
    mark = inputs(review(bob, {**typed("n-mark"), MODEL + "task": ""}))[KEY + "held"]
    answer = review(alice, external("n-mark", **{KEY + "mode": "plaintext", KEY + "held": mark}))
    assert answer.status_code == 422
    assert "type it again" in messages(answer)
    assert writes(emulator) == []


def test_a_plain_variable_is_held_too(bob: httpx.Client) -> None:
    variable = {ENTITY + "environment_vars[0].name": "MODE", ENTITY + "environment_vars[0].mode": "plaintext",
                ENTITY + "environment_vars[0].typed": "very-plain-value"}  # fmt: skip
    wrong = review(bob, custom("bad name", **variable))
    assert "very-plain-value" not in wrong.text
    assert inputs(wrong)[ENTITY + "environment_vars[0].held"].startswith("$held:")


def test_broken_json_comes_back_without_its_keys(bob: httpx.Client, emulator: Emulator) -> None:
    text = '{"name": "n-broken",\n "config": {"openai_api_key_plaintext": "' + TYPED + '",}'
    answer = bob.post("/endpoints/new", data={"kind": "external", "tab": "json", "json": text, "do": "review"})
    assert answer.status_code == 422
    assert "not valid JSON at line 2" in messages(answer)
    assert TYPED not in answer.text
    assert re.search(r'"openai_api_key_plaintext": ""', textarea(answer))
    assert writes(emulator) == []


def test_a_mark_in_a_field_that_is_no_key_opens_nothing(bob: httpx.Client) -> None:
    mark = inputs(review(bob, {**typed("n-mark"), MODEL + "task": ""}))[KEY + "held"]
    sent = review(bob, external("n-mark", description=mark))
    shown = bob.get(sent.headers["location"]).text
    assert TYPED not in shown
    assert mark in shown
