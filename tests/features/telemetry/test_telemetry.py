"""Telemetry: tables become a profile, nothing ticked takes it away, and kinds without it say why."""

import httpx
import pytest

from tests.features.changes.support import change, make, plan
from tests.features.create.support import Fields, beside, inputs

TABLES = {"logs_table": "main.ml.otel_logs"}
PAGE = "/endpoints/churn/telemetry"


def apply(who: httpx.Client, fields: Fields) -> httpx.Response:
    sent = who.post(PAGE, data={**inputs(who.get(PAGE)), **fields})
    assert sent.status_code == 303, sent.text
    return who.post("/changes", data={"draft": sent.headers["location"].rpartition("/")[2], "seen": ""})


def live(who: httpx.Client) -> object:
    return who.get("/api/v1/endpoints/churn").json().get("telemetry_config")


def test_tables_become_a_profile_and_nothing_ticked_takes_it_away(bob: httpx.Client) -> None:
    applied = apply(bob, {"LOGS": "on", "METRICS": "on", **TABLES})
    assert applied.headers["location"] == PAGE
    shown = inputs(bob.get(PAGE))
    assert shown["LOGS"] == shown["METRICS"] == "on"
    assert shown["profile"]
    sent = bob.post(PAGE, data={k: v for k, v in shown.items() if k not in ("LOGS", "METRICS")})
    bob.post("/changes", data={"draft": sent.headers["location"].rpartition("/")[2], "seen": ""})
    assert not live(bob)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"LOGS": "on", "logs_table": "otel"}, "logs_table"), ({"LOGS": "on", **TABLES, "sampling": "2"}, "sampling")],
)
def test_a_bad_field_is_told_beside_it(bob: httpx.Client, fields: Fields, field: str) -> None:
    answer = bob.post(PAGE, data=fields)
    assert answer.status_code == 422
    assert beside(answer, field)


def test_kinds_without_telemetry_say_why(bob: httpx.Client) -> None:
    body = {"telemetry_config": {"enabled_telemetry_features": ["TELEMETRY_FEATURE_LOGS"], "table_names": TABLES}}
    wanted = change("telemetry.update", "company-gpt", **body)
    assert "not for external" in plan(bob, wanted)["blockers"][0]["message"]
    assert make(bob, wanted).status_code == 409
    assert "not for external" in bob.get("/endpoints/company-gpt/telemetry").text


def test_the_cli_line_is_its_subcommand(bob: httpx.Client) -> None:
    body = {"telemetry_config": {"enabled_telemetry_features": ["TELEMETRY_FEATURE_LOGS"], "table_names": TABLES}}
    assert (
        "databricks serving-endpoints patch-telemetry-config churn --json"
        in plan(bob, change("telemetry.update", "churn", **body))["as_code"]["cli"]
    )
