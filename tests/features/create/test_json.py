"""The JSON tab and the form are the same value both ways; what the form has no field for is carried through."""

import json
from typing import Any

import httpx
import pytest

from tests.features.create.support import (
    ENTITY,
    as_json,
    custom,
    external,
    foundation,
    inputs,
    live,
    messages,
    provisioned,
    textarea,
    writes,
)
from web.changes.providers import PROVIDERS
from web.emulator.server import Emulator

RICH: dict[str, Any] = {
    "name": "n-rich",
    "description": "Two versions",
    "config": {
        "served_entities": [
            {
                "name": "old", "entity_name": "main.ml.churn", "entity_version": "3", "workload_type": "CPU",
                "workload_size": "Small", "scale_to_zero_enabled": True, "mystery": {"deep": [1, 2]},
                "environment_vars": {"TOKEN": "{{secrets/ml/tok}}"},
            },
            {
                "name": "new", "entity_name": "main.ml.churn", "entity_version": "4", "workload_type": "GPU_SMALL",
                "min_provisioned_concurrency": 4, "max_provisioned_concurrency": 8, "scale_to_zero_enabled": False,
                "instance_profile_arn": "arn:aws:iam::1:instance-profile/x",
            },
        ],
        "traffic_config": {"routes": [
            {"served_entity_name": "old", "traffic_percentage": 80, "note": "kept"},
            {"served_entity_name": "new", "traffic_percentage": 20},
        ]},
        "auto_capture_config": {"enabled": False},
    },
    "tags": [{"key": "team", "value": "growth"}, {"key": "flag"}],
    "ai_gateway": {
        "usage_tracking_config": {"enabled": True},
        "rate_limits": [{"key": "user", "renewal_period": "minute", "calls": 10, "tokens": 5000}],
        "inference_table_config": {"enabled": True, "catalog_name": "main", "schema_name": "ml"},
        "future_block": {"x": 1},
    },
    "email_notifications": {"on_update_failure": ["bob@example.com"]},
    "permissions": [{"group_name": "users", "permission_level": "CAN_QUERY"}],
    "telemetry_config": {"table_names": {"logs_table": "main.ml.logs"}},
}  # fmt: skip


def over_and_back(who: httpx.Client, body: dict[str, Any], kind: str) -> dict[str, Any]:
    """JSON → form → JSON, as a browser without scripts would."""
    fields = {"kind": kind, "tab": "json", "json": json.dumps(body)}
    form = who.post("/endpoints/new/convert?to=form", data=fields)
    assert form.status_code == 200
    shown = {k: v for k, v in inputs(form).items() if k != "do"}
    return dict(json.loads(textarea(who.post("/endpoints/new/convert?to=json", data=shown))))


def without_defaults(body: dict[str, Any]) -> dict[str, Any]:
    """A tag without a value is one with an empty value."""
    tags = [{"key": t["key"], "value": t.get("value", "")} for t in body.get("tags", [])]
    return {**body, **({"tags": tags} if tags else {})}


def test_nothing_is_lost_between_the_tabs(bob: httpx.Client) -> None:
    assert over_and_back(bob, RICH, "custom") == without_defaults(RICH)


@pytest.mark.parametrize("make", [custom, foundation, provisioned, external])
def test_every_kind_goes_over_and_back(bob: httpx.Client, make: Any) -> None:
    body = as_json(bob, make("n-back"))
    assert over_and_back(bob, body, make("n-back")["kind"]) == body


@pytest.mark.parametrize(("provider", "variant"), [(p.key, v.key) for p in PROVIDERS.values() for v in p.variants])
def test_every_provider_has_its_own_fields_and_no_others(bob: httpx.Client, provider: str, variant: str) -> None:
    known = PROVIDERS[provider]
    config: dict[str, Any] = {}
    chosen = known.variant(variant)
    if chosen.marker:
        config[chosen.marker] = chosen.key
    for setting in known.fields(variant):
        parent, _, leaf = setting.field.rpartition(".")
        value = "{{secrets/ml/openai}}" if setting.secret else (setting.choices or ("x",))[0]
        (config.setdefault(parent, {}) if parent else config)[leaf] = value
    model = {"provider": provider, "name": "m", "task": "llm/v1/chat", known.config: config}
    body = {"name": "n-p", "config": {"served_entities": [{"name": "m", "external_model": model}],
            "traffic_config": {"routes": [{"served_entity_name": "m", "traffic_percentage": 100}]}}}  # fmt: skip
    assert over_and_back(bob, body, "external") == body
    sent = bob.post("/endpoints/new", data={"kind": "external", "tab": "json", "json": json.dumps(body)})
    assert sent.status_code == 303, messages(sent)


def test_json_is_reviewed_like_a_form(bob: httpx.Client, emulator: Emulator) -> None:
    body = {**as_json(bob, custom("n-json")), "unknown_to_all": True}
    fields = {"kind": "custom", "tab": "json", "json": json.dumps(body), "do": "review"}
    sent = bob.post("/endpoints/new", data=fields)
    assert sent.status_code == 303, messages(sent)
    assert "unknown_to_all" in bob.get(sent.headers["location"]).text
    assert writes(emulator) == []


def test_rules_hold_for_json_too(bob: httpx.Client, emulator: Emulator) -> None:
    body = as_json(bob, custom("n-json-bad"))
    del body["config"]["served_entities"][0]["scale_to_zero_enabled"]
    answer = bob.post("/endpoints/new", data={"kind": "custom", "tab": "json", "json": json.dumps(body)})
    assert answer.status_code == 422
    assert "served_entities[0].scale_to_zero_enabled" in messages(answer)
    assert writes(emulator) == []


@pytest.mark.parametrize("text", ["", "[]", "3", '{"a":', "nope",
    '{"config": {"served_entities": "x"}}', '{"config": 5}',
    '{"name": {}, "tags": 3, "permissions": [1], "ai_gateway": []}',
    '{"config": {"served_entities": [{"external_model": 3}, 4], "traffic_config": {"routes": [[]]}}}'])  # fmt: skip
def test_odd_json_is_refused_with_a_message(bob: httpx.Client, emulator: Emulator, text: str) -> None:
    answer = bob.post("/endpoints/new", data={"kind": "custom", "tab": "json", "json": text, "do": "review"})
    assert answer.status_code == 422
    assert messages(answer)
    assert writes(emulator) == []


def test_a_copy_takes_everything_but_the_name_and_typed_keys(bob: httpx.Client) -> None:
    from tests.features.create.support import apply

    apply(bob, custom("n-origin", description="First", **{"tags[0].key": "team", "tags[0].value": "x",
        ENTITY + "environment_vars[0].name": "TOKEN", ENTITY + "environment_vars[0].mode": "reference",
        ENTITY + "environment_vars[0].scope": "ml", ENTITY + "environment_vars[0].key": "tok"}))  # fmt: skip
    shown = bob.get("/endpoints/new?from=n-origin")
    copied = as_json(bob, {k: v for k, v in inputs(shown).items() if k != "do"})
    entity = copied["config"]["served_entities"][0]
    assert copied["name"] == "n-origin-copy"
    assert copied["tags"] == [{"key": "team", "value": "x"}]
    assert entity["environment_vars"] == {"TOKEN": "{{secrets/ml/tok}}"}
    assert not {"state", "creator", "creation_timestamp"} & set(entity)
    assert live(bob, "n-origin")["name"] == "n-origin"


def test_a_copy_of_what_one_may_not_see_is_not_given(charlie: httpx.Client, bob: httpx.Client) -> None:
    mine = {e["name"] for e in charlie.get("/api/v1/endpoints").json()["endpoints"]}
    hidden = next(e["name"] for e in bob.get("/api/v1/endpoints").json()["endpoints"] if e["name"] not in mine)
    assert charlie.get(f"/endpoints/new?from={hidden}").status_code in (403, 404)
