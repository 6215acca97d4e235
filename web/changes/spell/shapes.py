"""What the SDK, the CLI, Terraform and bundles know of an endpoint: fields as data (reference §1.3, bundles §1.7).

A shape is VALUE (one scalar), VALUES (a list of scalars), MAP (text to text), a frozenset (the words of an enum),
a dict (an object) or a list of one dict (a list of objects).
"""

from typing import Any

VALUE, VALUES, MAP = "value", "values", "map"
Shape = Any

WORKLOAD_TYPES = frozenset(
    {"CPU", "CPU_MEDIUM", "CPU_LARGE", "GPU_SMALL", "GPU_MEDIUM", "GPU_LARGE", "GPU_XLARGE", "GPU_XLARGE_8"}
    | {"MULTIGPU_MEDIUM"}
)
PROVIDERS = frozenset(
    {"ai21labs", "amazon-bedrock", "anthropic", "cohere", "custom", "databricks-model-serving"}
    | {"google-cloud-vertex-ai", "openai", "palm"}
)
LEVELS = frozenset({"CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"})


def _pair(name: str) -> dict[str, Shape]:
    """A secret's two forms: the reference and the write-only plain text."""
    return {name: VALUE, f"{name}_plaintext": VALUE}


PROVIDER_CONFIGS: dict[str, Shape] = {
    "ai21labs_config": _pair("ai21labs_api_key"),
    "amazon_bedrock_config": {
        "aws_region": VALUE,
        "bedrock_provider": frozenset({"ai21labs", "amazon", "anthropic", "cohere"}),
        **_pair("aws_access_key_id"),
        **_pair("aws_secret_access_key"),
        "instance_profile_arn": VALUE,
        "uc_service_credential_name": VALUE,
    },
    "anthropic_config": _pair("anthropic_api_key"),
    "cohere_config": {"cohere_api_base": VALUE, **_pair("cohere_api_key")},
    "custom_provider_config": {
        "custom_provider_url": VALUE,
        "api_key_auth": {"key": VALUE, **_pair("value")},
        "bearer_token_auth": _pair("token"),
    },
    "databricks_model_serving_config": {"databricks_workspace_url": VALUE, **_pair("databricks_api_token")},
    "google_cloud_vertex_ai_config": {"project_id": VALUE, "region": VALUE, **_pair("private_key")},
    "openai_config": {
        "openai_api_type": VALUE,
        "openai_api_base": VALUE,
        "openai_api_version": VALUE,
        "openai_deployment_name": VALUE,
        "openai_organization": VALUE,
        **_pair("openai_api_key"),
        "microsoft_entra_tenant_id": VALUE,
        "microsoft_entra_client_id": VALUE,
        **_pair("microsoft_entra_client_secret"),
    },
    "palm_config": _pair("palm_api_key"),
}

EXTERNAL_MODEL: dict[str, Shape] = {"provider": PROVIDERS, "name": VALUE, "task": VALUE, **PROVIDER_CONFIGS}

_SIZES: dict[str, Shape] = {
    "workload_type": WORKLOAD_TYPES,
    "workload_size": VALUE,
    "scale_to_zero_enabled": VALUE,
    "min_provisioned_concurrency": VALUE,
    "max_provisioned_concurrency": VALUE,
    "min_provisioned_throughput": VALUE,
    "max_provisioned_throughput": VALUE,
    "provisioned_model_units": VALUE,
    "burst_scaling_enabled": VALUE,
    "environment_vars": MAP,
    "instance_profile_arn": VALUE,
}
SERVED_ENTITY: dict[str, Shape] = {
    "name": VALUE,
    "entity_name": VALUE,
    "entity_version": VALUE,
    "external_model": EXTERNAL_MODEL,
    **_SIZES,
}
SERVED_MODEL: dict[str, Shape] = {"name": VALUE, "model_name": VALUE, "model_version": VALUE, **_SIZES}
PT_ENTITY: dict[str, Shape] = {
    "name": VALUE,
    "entity_name": VALUE,
    "entity_version": VALUE,
    "provisioned_model_units": VALUE,
    "burst_scaling_enabled": VALUE,
}
ROUTE: dict[str, Shape] = {"served_entity_name": VALUE, "served_model_name": VALUE, "traffic_percentage": VALUE}
TRAFFIC: dict[str, Shape] = {"routes": [ROUTE]}
AUTO_CAPTURE: dict[str, Shape] = {
    "enabled": VALUE,
    "catalog_name": VALUE,
    "schema_name": VALUE,
    "table_name_prefix": VALUE,
}
CONFIG: dict[str, Shape] = {
    "served_entities": [SERVED_ENTITY],
    "served_models": [SERVED_MODEL],
    "traffic_config": TRAFFIC,
    "auto_capture_config": AUTO_CAPTURE,
}
PT_CONFIG: dict[str, Shape] = {"served_entities": [PT_ENTITY], "traffic_config": TRAFFIC}

_GUARD: dict[str, Shape] = {
    "safety": VALUE,
    "pii": {"behavior": frozenset({"NONE", "BLOCK", "MASK"})},
    "invalid_keywords": VALUES,
    "valid_topics": VALUES,
}
GATEWAY: dict[str, Shape] = {
    "fallback_config": {"enabled": VALUE},
    "guardrails": {"input": _GUARD, "output": _GUARD},
    "inference_table_config": AUTO_CAPTURE,
    "rate_limits": [
        {
            "key": frozenset({"endpoint", "user", "user_group", "service_principal"}),
            "principal": VALUE,
            "calls": VALUE,
            "tokens": VALUE,
            "renewal_period": frozenset({"minute"}),
        }
    ],
    "usage_tracking_config": {"enabled": VALUE},
}
LEGACY_RATE_LIMIT: dict[str, Shape] = {
    "calls": VALUE,
    "key": frozenset({"endpoint", "user"}),
    "renewal_period": frozenset({"minute"}),
}
TAG: dict[str, Shape] = {"key": VALUE, "value": VALUE}
EMAIL: dict[str, Shape] = {"on_update_success": VALUES, "on_update_failure": VALUES}
TELEMETRY: dict[str, Shape] = {
    "enabled_telemetry_features": VALUES,
    "inference_table_config": {"name": VALUE, "sampling_fraction": VALUE},
    "table_names": {
        "annotations_table": VALUE,
        "logs_table": VALUE,
        "metrics_table": VALUE,
        "traces_table": VALUE,
    },
    "telemetry_profile_id": VALUE,
}
GRANT: dict[str, Shape] = {
    "user_name": VALUE,
    "group_name": VALUE,
    "service_principal_name": VALUE,
    "permission_level": LEVELS,
}

_COMMON: dict[str, Shape] = {
    "name": VALUE,
    "tags": [TAG],
    "ai_gateway": GATEWAY,
    "email_notifications": EMAIL,
    "budget_policy_id": VALUE,
}
ENDPOINT: dict[str, Shape] = {
    **_COMMON,
    "description": VALUE,
    "config": CONFIG,
    "route_optimized": VALUE,
    "rate_limits": [LEGACY_RATE_LIMIT],
    "telemetry_config": TELEMETRY,
}
PT_ENDPOINT: dict[str, Shape] = {**_COMMON, "config": PT_CONFIG}

# What an app may be given, by kind (reference on apps §1.6).
APP_RESOURCE: dict[str, Shape] = {
    "name": VALUE,
    "description": VALUE,
    "serving_endpoint": {"name": VALUE, "permission": LEVELS},
    "secret": {"scope": VALUE, "key": VALUE, "permission": VALUE},
    "sql_warehouse": {"id": VALUE, "permission": VALUE},
    "postgres": {"branch": VALUE, "database": VALUE, "permission": VALUE},
    "database": {"instance_name": VALUE, "database_name": VALUE, "permission": VALUE},
    "uc_securable": {"securable_full_name": VALUE, "securable_type": VALUE, "permission": VALUE},
    "job": {"id": VALUE, "permission": VALUE},
    "experiment": {"experiment_id": VALUE, "permission": VALUE},
    "genie_space": {"name": VALUE, "space_id": VALUE, "permission": VALUE},
    "app": {"name": VALUE, "permission": VALUE},
}
APP_UPDATE: dict[str, Shape] = {"update_mask": VALUE, "app": {"name": VALUE, "resources": [APP_RESOURCE]}}
# A bundle's telemetry table has no name of its own (bundles §1.7).
BUNDLE_ENDPOINT: dict[str, Shape] = {
    **ENDPOINT,
    "telemetry_config": {**TELEMETRY, "inference_table_config": {"sampling_fraction": VALUE}},
}
