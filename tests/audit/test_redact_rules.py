"""Each rule of redaction by itself: which names and shapes are secrets, what stays readable, and what a mark is."""

import json
from typing import Any

import pytest

from web.audit.redact import is_reference, is_secret, redact, secrets_in, without

KEY = b"a key of the tests"
REFERENCE = "{{secrets/scope/key}}"
HIDDEN_NAMES = (
    "openai_api_key_plaintext",
    "token",
    "password",
    "secret",
    "private_key",
    "string_value",
    "bytes_value",
    "client_secret_value",
    "TOKEN",
)
SHAPES = (
    "dapi" + "0f" * 16,
    "eyJhbGciOiJI.eyJzdWIiOiI.c2lnbmF0dXJl",
    "-----BEGIN RSA PRIVATE KEY-----",
    "see sk-0123456789abcdef",
    "AKIA" + "ABCD" * 4,
)


def hidden(value: Any) -> bool:
    return isinstance(value, dict) and value.get("redacted") is True and set(value) == {"redacted", "fp"}


@pytest.mark.parametrize("name", HIDDEN_NAMES)
def test_a_field_with_the_name_of_a_secret_is_hidden(name: str) -> None:
    found = redact({name: "harmless to look at", "other": "shown"}, KEY)
    assert hidden(found[name])
    assert found["other"] == "shown"


@pytest.mark.parametrize("name", ["tokens", "max_tokens", "secret_scope", "my_token", "passwords", "plaintext_field"])
def test_a_name_that_only_resembles_one_is_shown(name: str) -> None:
    assert redact({name: "value"}, KEY) == {name: "value"}


@pytest.mark.parametrize("text", SHAPES)
def test_a_text_shaped_like_a_key_is_hidden_wherever_it_is(text: str) -> None:
    found = redact({"a": [text, {"b": text}], "c": "plain"}, KEY)
    assert hidden(found["a"][0])
    assert hidden(found["a"][1]["b"])
    assert found["c"] == "plain"
    assert hidden(redact(text, KEY))


@pytest.mark.parametrize("value", [None, True, False, "", REFERENCE, f" {REFERENCE} "])
def test_nothing_a_switch_and_a_reference_are_no_secrets(value: Any) -> None:
    assert redact({"token": value, "environment_vars": {"A": value}}, KEY) == {
        "token": value,
        "environment_vars": {"A": value},
    }
    assert not is_secret("token", value, "environment_vars")


def test_a_number_under_the_name_of_a_secret_is_hidden() -> None:
    assert hidden(redact({"password": 1234}, KEY)["password"])


def test_an_object_under_the_name_of_a_secret_is_hidden_whole() -> None:
    found = redact({"token": {"lifetime": 5}, "secret": ["a"]}, KEY)
    assert hidden(found["token"])
    assert hidden(found["secret"])


def test_plain_environment_variables_are_hidden_and_only_there() -> None:
    found = redact({"environment_vars": {"A": "1", "B": REFERENCE}, "labels": {"A": "1"}}, KEY)
    assert hidden(found["environment_vars"]["A"])
    assert found["environment_vars"]["B"] == REFERENCE
    assert found["labels"] == {"A": "1"}
    inside = redact({"environment_vars": [{"A": "1"}]}, KEY)
    assert hidden(inside["environment_vars"])


def test_a_reference_is_one_whole_pointer_and_a_text() -> None:
    assert is_reference(REFERENCE)
    assert not is_reference(f"prefix {REFERENCE}")
    assert not is_reference("{{secrets/}}")
    assert not is_reference(7)


def test_the_fingerprint_tells_the_same_value_again_and_needs_the_key() -> None:
    one, again, other = (redact({"token": value}, KEY)["token"]["fp"] for value in ("a", "a", "b"))
    assert one == again != other
    assert one != redact({"token": "a"}, b"another key")["token"]["fp"]
    assert len(one) == 8
    assert set(one) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    "mark", [{"redacted": True, "fp": "0a1b2c3d"}, {"redacted": True, "fp": ""}, {"redacted": True}]
)
def test_a_mark_stays_as_it_is(mark: dict[str, Any]) -> None:
    assert redact({"token": mark, "environment_vars": {"A": mark}}, KEY) == {
        "token": mark,
        "environment_vars": {"A": mark},
    }
    assert redact({"environment_vars": mark}, KEY) == {"environment_vars": mark}


@pytest.mark.parametrize(
    "forged",
    [
        {"redacted": "yes", "fp": "0a1b2c3d"},
        {"redacted": False, "fp": "0a1b2c3d"},
        {"redacted": True, "fp": "hunter22"},
        {"redacted": True, "fp": "0a1b2c3d", "A": "canary"},
    ],
)
def test_what_merely_says_it_is_a_mark_is_treated_like_anything_else(forged: dict[str, Any]) -> None:
    found = redact({"environment_vars": forged}, KEY)["environment_vars"]
    assert hidden(found["fp"])
    assert "canary" not in json.dumps(found)


def row(path: str, before: Any, after: Any) -> dict[str, Any]:
    return {"path": path, "before": before, "after": after, "reach": "rollout"}


@pytest.mark.parametrize(
    "path",
    [
        "config.served_entities[a].environment_vars.PLAIN",
        "config.served_entities[a].external_model.openai_config.openai_api_key_plaintext",
        "token",
    ],
)
def test_a_row_of_a_diff_hides_what_its_path_says_is_secret(path: str) -> None:
    found = redact(row(path, "old", "new"), KEY)
    assert hidden(found["before"])
    assert hidden(found["after"])
    assert found["before"]["fp"] != found["after"]["fp"]
    assert (found["path"], found["reach"]) == (path, "rollout")
    assert hidden(redact({"path": path, "before": None, "after": "new"}, KEY)["after"])


def test_a_row_of_a_diff_shows_everything_else() -> None:
    plain = row("config.served_entities[token].entity_version", "1", None)
    assert redact(plain, KEY) == plain
    named = row("environment_vars", None, {"A": "1", "B": REFERENCE})
    found = redact(named, KEY)
    assert found["before"] is None
    assert hidden(found["after"]["A"])
    assert found["after"]["B"] == REFERENCE


def test_a_path_is_never_hidden_and_what_a_row_carries_besides_is_looked_into() -> None:
    found = redact({**row("a[sk-0123456789abcdef]", 1, 2), "token": {"password": "p"}}, KEY)
    assert found["path"] == "a[sk-0123456789abcdef]"
    assert hidden(found["token"]["password"])


def test_only_all_three_fields_make_a_row() -> None:
    found = redact({"path": "environment_vars.A", "before": "old"}, KEY)
    assert found == {"path": "environment_vars.A", "before": "old"}


def test_what_is_taken_out_is_known_so_that_a_refusal_that_repeats_it_can_be_cleaned() -> None:
    body = {
        "name": "churn",
        "environment_vars": {"A": "plain-value", "B": REFERENCE, "C": True, "N": 90210417},
        "models": [{"openai_api_key_plaintext": "typed-key"}, "say " + SHAPES[0], 7],
    }
    found = secrets_in(body)
    assert found == {"plain-value", "90210417", "typed-key", "say " + SHAPES[0]}
    assert secrets_in(SHAPES[0]) == {SHAPES[0]}
    assert secrets_in("plain") == secrets_in(None) == secrets_in([]) == set()
    assert without(f"{SHAPES[0]}: plain-value is no key", found) == f"{SHAPES[0]}: (redacted) is no key"


def test_what_is_hidden_whole_is_known_in_every_part() -> None:
    body = {"client_secret": ["first-one", {"deep": "second-one", "on": True, "none": None}], "other": ["shown"]}
    assert secrets_in(body) == {"first-one", "second-one"}
    mark = redact({"token": "a"}, KEY)
    assert secrets_in(mark) == set()


def test_the_longest_secret_goes_first_and_what_is_too_short_to_be_one_stays() -> None:
    assert without("a longer-key and a key", ["key", "longer-key"]) == "a (redacted) and a key"
    assert without("secret and secret-two", ["secret", "secret-two"]) == "(redacted) and (redacted)"
    assert without("four and six", ["four", "six"]) == "(redacted) and six"


def test_a_row_says_by_the_last_step_of_its_path_what_it_holds() -> None:
    shown = row("token.lifetime", 1, 2)
    assert redact(shown, KEY) == shown
    inside = redact(row("a.environment_vars.B.deep", "x", "y"), KEY)
    assert hidden(inside["before"])
    listed = redact(row("environment_vars", ["x"], {}), KEY)
    assert (hidden(listed["before"]), listed["after"]) == (True, {})
