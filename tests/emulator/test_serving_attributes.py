"""Tags, AI Gateway, notifications, telemetry, rate limits: changed in place, without a new config version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import InvalidParameterValue
from databricks.sdk.service.serving import (
    AiGatewayConfig,
    AiGatewayRateLimit,
    AiGatewayRateLimitRenewalPeriod,
    EmailNotifications,
    EndpointTag,
)

from tests.emulator.control_support import ENDPOINTS, Caller
from web.emulator.server import Emulator

SDK = Callable[[str], WorkspaceClient]
MINUTE = {"renewal_period": "minute"}


def _get(caller: Caller, name: str) -> dict[str, Any]:
    shown: dict[str, Any] = caller("GET", f"{ENDPOINTS}/{name}").json()
    return shown


def test_tags_are_added_overwritten_and_deleted(sdk: SDK, bob: Caller) -> None:
    tags = sdk("bob").serving_endpoints.patch("churn", add_tags=[EndpointTag("env", "dev")], delete_tags=["team"])
    assert {tag.key: tag.value for tag in tags.tags or []} == {"env": "dev", "cost-center": "4711"}
    assert _get(bob, "churn")["config"]["config_version"] == 4


@pytest.mark.parametrize(
    "body",
    [
        {"add_tags": [{"key": "", "value": "x"}]},
        {"add_tags": [{"key": "k" * 128}]},
        {"add_tags": [{"key": "k", "value": "v" * 256}]},
        {"add_tags": [{"key": f"k{n}"} for n in range(21)]},
        {"add_tags": [{"key": "a"}, {"key": "a"}]},
        {"add_tags": [{"key": "a"}], "delete_tags": ["a"]},
    ],
)
def test_tags_beyond_the_limits_are_refused(bob: Caller, body: dict[str, Any]) -> None:
    before = _get(bob, "churn")["tags"]
    assert bob("PATCH", f"{ENDPOINTS}/churn/tags", body).status_code == 400
    assert _get(bob, "churn")["tags"] == before


def test_put_gateway_replaces_everything(sdk: SDK, bob: Caller) -> None:
    assert set(_get(bob, "company-gpt")["ai_gateway"]) > {"guardrails", "rate_limits"}
    period = AiGatewayRateLimitRenewalPeriod.MINUTE
    sdk("bob").serving_endpoints.put_ai_gateway("company-gpt", rate_limits=[AiGatewayRateLimit(period, tokens=9)])
    limit = {"key": "endpoint", "renewal_period": "minute", "tokens": 9}
    assert _get(bob, "company-gpt")["ai_gateway"] == {"rate_limits": [limit]}
    assert bob("PUT", f"{ENDPOINTS}/company-gpt/ai-gateway", {}).json() == {}
    assert "ai_gateway" not in _get(bob, "company-gpt")


@pytest.mark.parametrize(
    ("name", "gateway", "words"),
    [
        ("churn", {"guardrails": {"input": {"safety": True}}}, "not supported for custom"),
        ("churn", {"fallback_config": {"enabled": True}}, "only supported for external"),
        ("support-agent", {"rate_limits": [{"calls": 1, **MINUTE}]}, "only inference tables"),
        ("company-gpt", {"rate_limits": [{"calls": 1, "renewal_period": "hour"}]}, "must be 'minute'"),
        ("company-gpt", {"rate_limits": [MINUTE]}, "needs calls or tokens"),
        ("company-gpt", {"rate_limits": [{"calls": 1, "key": "user_group", **MINUTE}]}, "principal must be set"),
        ("company-gpt", {"rate_limits": [{"calls": 1, "principal": "x", **MINUTE}]}, "cannot be set"),
        ("company-gpt", {"rate_limits": [{"calls": 1, **MINUTE}] * 2}, "only one rate limit"),
        (
            "company-gpt",
            {"rate_limits": [{"calls": 1, "key": "user_group", "principal": f"g{n}", **MINUTE} for n in range(6)]},
            "at most 5",
        ),
        ("company-gpt", {"guardrails": {"input": {"pii": {"behavior": "EAT"}}}}, "EAT"),
        ("company-gpt", {"inference_table_config": {"enabled": True}}, "catalog_name and schema_name"),
        (
            "churn",
            {"inference_table_config": {"enabled": True, "catalog_name": "other", "schema_name": "ml"}},
            "must be disabled before",
        ),
    ],
)
def test_gateways_the_platform_refuses(bob: Caller, name: str, gateway: dict[str, Any], words: str) -> None:
    before = _get(bob, name).get("ai_gateway")
    answer = bob("PUT", f"{ENDPOINTS}/{name}/ai-gateway", gateway)
    assert (answer.status_code, words in answer.json()["message"]) == (400, True), answer.text
    assert _get(bob, name).get("ai_gateway") == before


def test_a_gateway_can_come_with_the_create(sdk: SDK, bob: Caller) -> None:
    limit = AiGatewayRateLimit(AiGatewayRateLimitRenewalPeriod.MINUTE, calls=5)
    sdk("bob").serving_endpoints.create("bare", ai_gateway=AiGatewayConfig(rate_limits=[limit]))
    limits = _get(bob, "bare")["ai_gateway"]["rate_limits"]
    assert limits == [{"key": "endpoint", "renewal_period": "minute", "calls": 5}]
    with pytest.raises(InvalidParameterValue):
        sdk("bob").serving_endpoints.create("bad", ai_gateway=AiGatewayConfig(rate_limits=[limit, limit]))


def test_notifications_are_set_and_cleared(sdk: SDK, bob: Caller) -> None:
    emails = EmailNotifications(on_update_failure=["a@example.com"])
    sdk("bob").serving_endpoints.update_notifications("fraud-realtime", email_notifications=emails)
    assert _get(bob, "fraud-realtime")["email_notifications"] == {"on_update_failure": ["a@example.com"]}
    bad = {"email_notifications": {"on_update_success": ["nobody"]}}
    assert bob("PATCH", f"{ENDPOINTS}/churn/notifications", bad).status_code == 400
    bob("PATCH", f"{ENDPOINTS}/fraud-realtime/notifications", {})
    assert "email_notifications" not in _get(bob, "fraud-realtime")


def test_telemetry_becomes_a_profile(bob: Caller) -> None:
    tables = {"table_names": {"logs_table": "main.ml.logs"}}
    shown = bob("PATCH", f"{ENDPOINTS}/churn/telemetry-config", {"telemetry_config": tables}).json()
    assert set(shown["telemetry_config"]) == {"telemetry_profile_id"}
    assert "telemetry_config" not in bob("PATCH", f"{ENDPOINTS}/churn/telemetry-config", {}).json()
    assert bob("PATCH", f"{ENDPOINTS}/company-gpt/telemetry-config", {"telemetry_config": tables}).status_code == 400
    conflict = bob("PATCH", f"{ENDPOINTS}/image-tags/telemetry-config", {"telemetry_config": tables})
    assert (conflict.status_code, conflict.json()["error_code"]) == (409, "RESOURCE_CONFLICT")


def test_legacy_rate_limits_are_for_foundation_models_and_not_echoed(workspace: Emulator, alice: Caller) -> None:
    name, body = "databricks-gpt-oss-120b", {"rate_limits": [{"calls": 7, "key": "user", **MINUTE}]}
    assert alice("PUT", f"{ENDPOINTS}/{name}/rate-limits", body).json() == body
    assert "rate_limits" not in alice("GET", f"{ENDPOINTS}/{name}").json()
    assert alice("PUT", f"{ENDPOINTS}/churn/rate-limits", body).status_code == 400


def test_databricks_own_endpoints_cannot_be_changed_or_deleted(alice: Caller, bob: Caller) -> None:
    path = f"{ENDPOINTS}/databricks-gpt-oss-120b"
    shown = bob("GET", path).json()
    assert ("id" in shown, "creator" in shown, shown["permission_level"]) == (False, False, "CAN_QUERY")
    assert shown["endpoint_type"] == "FOUNDATION_MODEL_API"
    assert alice("DELETE", path).status_code == 400
    assert bob("DELETE", path).status_code == 403


def test_a_route_optimized_endpoint_names_its_own_address(bob: Caller) -> None:
    shown = _get(bob, "fraud-realtime")
    assert shown["route_optimized"] is True
    assert shown["endpoint_url"].startswith(f"https://{shown['id']}.serving.")
    assert shown["data_plane_info"]["query_info"]["endpoint_url"] == shown["endpoint_url"]


def test_the_legacy_inference_table_is_shown(bob: Caller) -> None:
    table = _get(bob, "churn-legacy")["config"]["auto_capture_config"]
    assert table["state"]["payload_table"]["name"] == "churn_legacy_payload"


def test_unknown_enum_values_can_be_met(workspace: Emulator, bob: Caller, sdk: SDK) -> None:
    workspace.world.switches.unknown_enums = True
    assert _get(bob, "churn")["state"]["config_update"] == "UPDATE_PAUSED"
    state = sdk("bob").serving_endpoints.get("churn").state
    assert state
    assert state.config_update is None
