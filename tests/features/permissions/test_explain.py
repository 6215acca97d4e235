"""Who can query, as a truth table: every step alone stops the call, and what is not known is said to be unknown."""

from typing import Any

import pytest

from web.features.permissions.explain import Facts, Who, explain
from web.features.permissions.grants import Grant

ADMINS = Grant("group", "admins", "admins", "CAN_MANAGE", "/serving-endpoints/")
CHARLIE = Grant("user", "charlie@example.com", "Charlie Costa", "CAN_QUERY")
VIEW = Grant("user", "charlie@example.com", "Charlie Costa", "CAN_VIEW")
TEAM = Grant("group", "ml-team", "ml-team", "CAN_QUERY")
USERS = Grant("group", "users", "users", "CAN_QUERY")
BOT = Grant("service_principal", "app-id", "ci", "CAN_QUERY")


def endpoint(**more: Any) -> dict[str, Any]:
    state = {"ready": "READY", "config_update": "NOT_UPDATING", "suspend": "NOT_SUSPENDED"}
    return {"name": "churn", "creator": "bob@example.com", "state": state, "config": {"served_entities": []}, **more}


def limited(*limits: dict[str, Any]) -> dict[str, Any]:
    return endpoint(ai_gateway={"rate_limits": list(limits)})


def charlie(**more: Any) -> Who:
    return Who(**{"kind": "user", "name": "charlie@example.com", "display": "Charlie", "groups": ("users",), **more})


def facts(raw: dict[str, Any] | None = None, who: Who | None = None, direct: Any = (CHARLIE,), **more: Any) -> Facts:
    given = None if direct is None else list(direct)
    return Facts(raw or endpoint(), who or charlie(), given, None if direct is None else [ADMINS], **more)


ZERO = {"calls": 0, "renewal_period": "minute"}
CASES = [
    (facts(), "yes", "can query churn"),
    (facts(direct=[USERS]), "yes", "can query churn"),
    (facts(direct=[TEAM], who=charlie(groups=("ml-team",))), "yes", "can query"),
    (facts(direct=[], who=charlie(groups=("admins",))), "yes", "can query"),
    (facts(direct=[BOT], who=charlie(kind="service_principal", name="app-id")), "yes", "can query"),
    (facts(direct=[TEAM], who=Who("group", "ml-team", "ml-team", None)), "yes", "can query"),
    (facts(direct=[]), "no", "CAN_QUERY is missing"),
    (facts(direct=[TEAM]), "no", "CAN_QUERY is missing"),
    (facts(direct=[VIEW]), "no", "lets them look, not call"),
    (facts(direct=[TEAM], who=charlie(groups=None)), "unknown", "groups could not be read"),
    (facts(direct=None), "unknown", "may not read who has been granted"),
    (facts(who=charlie(there="no")), "no", "knows nobody"),
    (facts(who=charlie(there="inactive")), "no", "deactivated"),
    (facts(who=charlie(there="unknown")), "yes", "can query"),
    (facts(endpoint(state={"suspend": "STOPPED", "ready": "NOT_READY"})), "no", "is stopped"),
    (facts(endpoint(config=None, state={"config_update": "IN_PROGRESS"})), "no", "first deployment"),
    (facts(endpoint(config=None, state={"config_update": "UPDATE_FAILED"})), "no", "nothing is deployed"),
    (facts(endpoint(state={"ready": "NOT_READY"})), "no", "NOT_READY"),
    (facts(limited({**ZERO, "key": "endpoint"})), "no", "blocks every call"),
    (facts(limited({**ZERO, "key": "user"})), "no", "for each user is 0"),
    (facts(limited({**ZERO, "key": "user"}, {"calls": 5, "key": "user", "principal": CHARLIE.name})), "yes", "can"),
    (facts(limited({**ZERO, "key": "user", "principal": CHARLIE.name})), "no", "user charlie@example.com is 0"),
    (facts(limited({**ZERO, "key": "user_group", "principal": "ml-team"})), "yes", "can"),
    (
        facts(limited({**ZERO, "key": "user_group", "principal": "ml-team"}), charlie(groups=("ml-team",))),
        "no",
        "group ml-team is 0",
    ),
    (facts(limited({**ZERO, "key": "user_group", "principal": "x"}), charlie(groups=None)), "unknown", "a group is"),
    (facts(limited({"tokens": 0, "key": "endpoint"})), "no", "rate limit is 0"),
    (facts(executes={"main.ml.churn": False}), "yes", "can query"),
]


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_the_answer_names_the_first_missing_piece(case: tuple[Facts, str, str]) -> None:
    given, verdict, words = case
    answer = explain(given)
    assert answer.verdict == verdict, answer.sentence
    assert words in answer.sentence


def test_two_missing_pieces_are_both_told_and_granting_is_offered() -> None:
    answer = explain(facts(endpoint(state={"suspend": "STOPPED"}), direct=[]))
    assert answer.sentence.endswith("1 more below.")
    assert [step.key for step in answer.steps if step.verdict == "missing"] == ["state", "grant"]
    assert answer.grant
    assert not explain(facts(who=charlie(there="no"), direct=[])).grant


def test_what_does_not_decide_is_still_told() -> None:
    raw = endpoint(route_optimized=True, auth_policy={"user_auth_policy": {"api_scopes": ["sql"]}})
    steps = {step.title: step for step in explain(facts(raw, executes={"main.ml.a": None, "main.ml.b": False})).steps}
    assert "no PAT" in steps["Token"].text
    assert "sql" in steps["App in between"].text
    texts = [step.text for step in explain(facts(raw, executes={"main.ml.a": None, "main.ml.b": False})).steps]
    assert "EXECUTE on main.ml.a could not be checked." in texts
    assert any("No EXECUTE on main.ml.b" in text for text in texts)
