"""Changes to spell: one of each kind, with nasty names and values where a workspace would take them."""

from typing import Any

from web.changes.kinds import Change

HOST = "https://adb-1.azuredatabricks.net"
HEX = "0123456789abcdef0123456789abcdef"
NASTY = 'it\'s "q" $HOME `id` $(id) ${var.x} %{if} \\ \t\r\n\'\'\'""" # JSON\nJSON\né 漢 🚀 \u202e\u2028\x00\x1b'
SECRETS = {
    "plain key": "hunter2-hunter2",
    "env value": "p4ssw0rd$(reboot)",
    "number": 90210417,
    "token": "dapi" + "0" * 32,
    "raw reference": "not-a-reference-9f",
    "unknown": "zz-client-secret-zz",
    "user info": "joe:pa55",
}


def entity(name: str = "churn-3", version: str = "3", **more: Any) -> dict[str, Any]:
    """A custom served entity."""
    return {
        "name": name,
        "entity_name": "main.ml.churn",
        "entity_version": version,
        "workload_type": "CPU",
        "workload_size": "Small",
        "scale_to_zero_enabled": True,
        **more,
    }


def live(**more: Any) -> dict[str, Any]:
    """A live custom endpoint as GET answers it, with fields that only the workspace writes."""
    served = {**entity(), "creator": "ana@example.com", "state": {"deployment": "DEPLOYMENT_READY"}, "min_dbus": 4.0}
    route = {"served_model_name": "churn-3", "served_entity_name": "churn-3", "traffic_percentage": 100}
    return {
        "name": "churn",
        "id": HEX,
        "description": "",
        "creator": "ana@example.com",
        "permission_level": "CAN_MANAGE",
        "state": {"ready": "READY", "config_update": "NOT_UPDATING", "suspend": "NOT_SUSPENDED"},
        "config": {
            "config_version": 3,
            "served_entities": [served],
            "served_models": [{"name": "churn-3", "model_name": "main.ml.churn", "model_version": "3"}],
            "traffic_config": {"routes": [route]},
        },
        "tags": [{"key": "team", "value": "growth"}],
        "route_optimized": False,
        **more,
    }


def change(kind: str, body: dict[str, Any] | None = None, endpoint: str = "churn") -> Change:
    """A Change of `kind`."""
    return Change.model_validate({"kind": kind, "endpoint": endpoint, "body": body or {}})


CUSTOM = change(
    "endpoint.create",
    {
        "description": NASTY,
        "config": {
            "served_entities": [entity(environment_vars={"TOKEN": "{{secrets/ml/tok}}"})],
            "traffic_config": {"routes": [{"served_entity_name": "churn-3", "traffic_percentage": 100}]},
        },
        "tags": [{"key": "note", "value": NASTY}, {"key": "bare", "value": ""}],
        "ai_gateway": {
            "usage_tracking_config": {"enabled": True},
            "rate_limits": [{"calls": 10, "key": "user", "renewal_period": "minute"}],
            "guardrails": {"input": {"pii": {"behavior": "MASK"}, "invalid_keywords": [NASTY]}},
        },
        "email_notifications": {"on_update_failure": ["ops@example.com"]},
        "permissions": [{"group_name": "ml-team", "permission_level": "CAN_QUERY"}],
    },
)
UNITS = change(
    "endpoint.create",
    {
        "config": {
            "served_entities": [
                {"entity_name": "system.ai.llama-4", "entity_version": "1", "provisioned_model_units": 50, "name": "l"}
            ]
        },
        "tags": [{"key": "team", "value": "growth"}],
    },
    "llama",
)
LEAKY = change(
    "endpoint.create",
    {
        "description": f"see https://{SECRETS['user info']}@example.com",
        "config": {
            "served_entities": [
                {
                    "name": "gpt",
                    "environment_vars": {"A": SECRETS["env value"], "N": SECRETS["number"], "R": "{{secrets/s/k}}"},
                    "external_model": {
                        "provider": "openai",
                        "name": "gpt-4o",
                        "task": "llm/v1/chat",
                        "openai_config": {
                            "openai_api_key_plaintext": SECRETS["plain key"],
                            "microsoft_entra_client_secret": SECRETS["raw reference"],
                        },
                        "brand_new_config": {"client_secret": SECRETS["unknown"]},
                    },
                }
            ]
        },
        "tags": [{"key": "note", "value": f"bearer {SECRETS['token']}"}],
    },
    "gpt",
)
EDITS = [
    change("config.update", {"served_entities": [entity("churn-4", "4"), entity()]}),
    change("traffic.update", {"routes": {"churn-3": 100}}),
    change("tags.update", {"add": {"k": NASTY}, "delete": ["team"]}),
    change("tags.update", {"add": {"k": "v"}}),
    change("gateway.update", {"usage_tracking_config": {"enabled": True}, "rate_limits": []}),
    change("gateway.update", {}),
    change("permissions.update", {"access_control_list": [{"user_name": "a@b.c", "permission_level": "CAN_MANAGE"}]}),
    change("notifications.update", {"email_notifications": {"on_update_success": ["a@b.c"]}}),
    change("endpoint.stop"),
    change("endpoint.start"),
    change("endpoint.delete"),
]
EVERY = [CUSTOM, UNITS, LEAKY, *EDITS]
