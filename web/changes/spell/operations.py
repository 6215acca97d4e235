"""Which CLI subcommand and SDK method a request is, by method and path (reference §1.1)."""

import re
from dataclasses import dataclass, field

from web.changes.kinds import Call
from web.changes.spell import shapes
from web.changes.spell.shapes import Shape

ENDPOINTS = "/api/2.0/serving-endpoints"
UNKNOWN_ID = "{id}"  # the plan's word for the id that creating the endpoint will give


@dataclass(frozen=True)
class Operation:
    """`target`: what the subcommand takes before --json: "" (the name is in the body), "name" or "id".
    `classes`: SDK class of each argument that is an object, or of its items when it is a list. `waits`: the CLI would
    wait for the deployment, unless told not to."""

    method: str
    path: str
    sdk: str
    target: str
    shape: Shape = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    waits: bool = False
    group: str = "serving-endpoints"

    @property
    def cli(self) -> str:
        """The subcommand of `databricks <group>`: the SDK's method, hyphenated."""
        return self.sdk.replace("_", "-")


_ENDPOINT_CLASSES = {
    "config": "EndpointCoreConfigInput",
    "ai_gateway": "AiGatewayConfig",
    "email_notifications": "EmailNotifications",
    "tags": "EndpointTag",
    "rate_limits": "RateLimit",
    "telemetry_config": "TelemetryConfig",
}
_CONFIG_CLASSES = {
    "served_entities": "ServedEntityInput",
    "served_models": "ServedModelInput",
    "traffic_config": "TrafficConfig",
    "auto_capture_config": "AutoCaptureConfigInput",
}
_GATEWAY_CLASSES = {
    "fallback_config": "FallbackConfig",
    "guardrails": "AiGatewayGuardrails",
    "inference_table_config": "AiGatewayInferenceTableConfig",
    "rate_limits": "AiGatewayRateLimit",
    "usage_tracking_config": "AiGatewayUsageTrackingConfig",
}
_GRANTS = {"access_control_list": [shapes.GRANT]}
_GRANT_CLASSES = {"access_control_list": "ServingEndpointAccessControlRequest"}
_PATCH_TAGS = {"add_tags": [shapes.TAG], "delete_tags": shapes.VALUES}
_ONE = r"(?P<target>[^/]+)"
_PERMISSIONS = f"/api/2.0/permissions/serving-endpoints/{_ONE}"

OPERATIONS: tuple[Operation, ...] = (
    Operation("POST", ENDPOINTS, "create", "", shapes.ENDPOINT, _ENDPOINT_CLASSES, waits=True),
    Operation(
        "POST",
        f"{ENDPOINTS}/pt",
        "create_provisioned_throughput_endpoint",
        "",
        shapes.PT_ENDPOINT,
        {
            "config": "PtEndpointCoreConfig",
            "ai_gateway": "AiGatewayConfig",
            "email_notifications": "EmailNotifications",
            "tags": "EndpointTag",
        },
        waits=True,
    ),
    Operation(
        "PUT",
        f"{ENDPOINTS}/pt/{_ONE}/config",
        "update_provisioned_throughput_endpoint_config",
        "name",
        {"config": shapes.PT_CONFIG},
        {"config": "PtEndpointCoreConfig"},
        waits=True,
    ),
    Operation("PUT", f"{ENDPOINTS}/{_ONE}/config", "update_config", "name", shapes.CONFIG, _CONFIG_CLASSES, waits=True),
    Operation("PUT", f"{ENDPOINTS}/{_ONE}/ai-gateway", "put_ai_gateway", "name", shapes.GATEWAY, _GATEWAY_CLASSES),
    Operation("PATCH", f"{ENDPOINTS}/{_ONE}/tags", "patch", "name", _PATCH_TAGS, {"add_tags": "EndpointTag"}),
    Operation(
        "PATCH",
        f"{ENDPOINTS}/{_ONE}/notifications",
        "update_notifications",
        "name",
        {"email_notifications": shapes.EMAIL},
        {"email_notifications": "EmailNotifications"},
    ),
    Operation(
        "PATCH",
        f"{ENDPOINTS}/{_ONE}/telemetry-config",
        "patch_telemetry_config",
        "name",
        {"telemetry_config": shapes.TELEMETRY},
        {"telemetry_config": "TelemetryConfig"},
    ),
    Operation("DELETE", f"{ENDPOINTS}/{_ONE}", "delete", "name"),
    Operation("PUT", _PERMISSIONS, "set_permissions", "id", _GRANTS, _GRANT_CLASSES),
    Operation("POST", f"/api/2.0/apps/{_ONE}/update", "create_update", "name", shapes.APP_UPDATE, group="apps"),
    Operation("PATCH", _PERMISSIONS, "update_permissions", "id", _GRANTS, _GRANT_CLASSES),
)


def operation_of(call: Call) -> tuple[Operation | None, str]:
    """The operation a call is and the name or id it is about; (None, "") for what SDK and CLI have no word for."""
    for operation in OPERATIONS:
        match = re.fullmatch(operation.path, call.path) if operation.method == call.method else None
        if match:
            return operation, match.groupdict().get("target") or ""
    return None, ""


def needs_id(calls: list[Call]) -> bool:
    """True when a call is about the id of an endpoint that is yet to be created."""
    return any(UNKNOWN_ID in call.path for call in calls)
