"""A JSON schema of `resources.model_serving_endpoints` in a bundle, from the documented fields (bundles §1.7)."""

from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
FLAG: dict[str, Any] = {"type": "boolean"}
WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0}
TEXTS: dict[str, Any] = {"type": "array", "items": TEXT}


def obj(required: str = "", **properties: Any) -> dict[str, Any]:
    """An object of just these properties."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": required.split(),
    }


def many(item: dict[str, Any]) -> dict[str, Any]:
    """A list with at least one item."""
    return {"type": "array", "items": item, "minItems": 1}


def words(*values: str) -> dict[str, Any]:
    """One of these words."""
    return {"enum": list(values)}


EXTERNAL_MODEL = obj(
    "name provider task",
    name=TEXT,
    task=TEXT,
    provider=words(
        "ai21labs",
        "anthropic",
        "amazon-bedrock",
        "cohere",
        "databricks-model-serving",
        "google-cloud-vertex-ai",
        "openai",
        "palm",
        "custom",
    ),
    ai21labs_config=obj(ai21labs_api_key=TEXT),
    anthropic_config=obj(anthropic_api_key=TEXT),
    amazon_bedrock_config=obj(
        "aws_region bedrock_provider",
        aws_region=TEXT,
        bedrock_provider=TEXT,
        aws_access_key_id=TEXT,
        aws_secret_access_key=TEXT,
        instance_profile_arn=TEXT,
        uc_service_credential_name=TEXT,
    ),
    cohere_config=obj(cohere_api_base=TEXT, cohere_api_key=TEXT),
    custom_provider_config=obj(
        "custom_provider_url",
        custom_provider_url=TEXT,
        api_key_auth=obj("key", key=TEXT, value=TEXT),
        bearer_token_auth=obj(token=TEXT),
    ),
    databricks_model_serving_config=obj(
        "databricks_workspace_url", databricks_workspace_url=TEXT, databricks_api_token=TEXT
    ),
    google_cloud_vertex_ai_config=obj("project_id region", project_id=TEXT, region=TEXT, private_key=TEXT),
    openai_config=obj(
        openai_api_key=TEXT,
        openai_api_type=TEXT,
        openai_api_base=TEXT,
        openai_api_version=TEXT,
        openai_deployment_name=TEXT,
        openai_organization=TEXT,
        microsoft_entra_client_id=TEXT,
        microsoft_entra_client_secret=TEXT,
        microsoft_entra_tenant_id=TEXT,
    ),
    palm_config=obj(palm_api_key=TEXT),
)

SERVED_ENTITY = obj(
    name=TEXT,
    entity_name=TEXT,
    entity_version=TEXT,
    external_model=EXTERNAL_MODEL,
    workload_size=TEXT,
    workload_type=words(
        "CPU",
        "CPU_MEDIUM",
        "CPU_LARGE",
        "GPU_SMALL",
        "GPU_MEDIUM",
        "GPU_LARGE",
        "MULTIGPU_MEDIUM",
        "GPU_XLARGE",
        "GPU_XLARGE_8",
    ),
    scale_to_zero_enabled=FLAG,
    min_provisioned_throughput=WHOLE,
    max_provisioned_throughput=WHOLE,
    min_provisioned_concurrency=WHOLE,
    max_provisioned_concurrency=WHOLE,
    provisioned_model_units=WHOLE,
    burst_scaling_enabled=FLAG,
    environment_vars={"type": "object", "additionalProperties": TEXT},
    instance_profile_arn=TEXT,
)
ROUTE = obj("traffic_percentage", served_entity_name=TEXT, served_model_name=TEXT, traffic_percentage=WHOLE)
CONFIG = obj(
    served_entities=many(SERVED_ENTITY),
    traffic_config=obj(routes=many(ROUTE)),
    auto_capture_config=obj(enabled=FLAG, catalog_name=TEXT, schema_name=TEXT, table_name_prefix=TEXT),
)
GUARD = obj(
    safety=FLAG,
    pii=obj("behavior", behavior=words("NONE", "BLOCK", "MASK")),
    invalid_keywords=TEXTS,
    valid_topics=TEXTS,
)
RATE_LIMIT = obj(
    "renewal_period",
    calls=WHOLE,
    tokens=WHOLE,
    principal=TEXT,
    key=words("user", "endpoint", "user_group", "service_principal"),
    renewal_period=words("minute"),
)
GATEWAY = obj(
    fallback_config=obj("enabled", enabled=FLAG),
    guardrails=obj(input=GUARD, output=GUARD),
    inference_table_config=obj(enabled=FLAG, catalog_name=TEXT, schema_name=TEXT, table_name_prefix=TEXT),
    rate_limits=many(RATE_LIMIT),
    usage_tracking_config=obj(enabled=FLAG),
)
PERMISSION = {
    **obj(
        "level",
        level=words("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"),
        user_name=TEXT,
        group_name=TEXT,
        service_principal_name=TEXT,
    ),
    "minProperties": 2,
    "maxProperties": 2,
}
FEATURES = [f"TELEMETRY_FEATURE_{name}" for name in ("LOGS", "TRACES", "METRICS", "INFERENCE_TABLE")]
TELEMETRY = obj(
    enabled_telemetry_features=many(words(*FEATURES)),
    inference_table_config=obj(sampling_fraction={"type": "number"}),
    table_names=obj(annotations_table=TEXT, logs_table=TEXT, metrics_table=TEXT, traces_table=TEXT),
    telemetry_profile_id=TEXT,
)
ENDPOINT = obj(
    "name",
    name=TEXT,
    description=TEXT,
    config=CONFIG,
    ai_gateway=GATEWAY,
    rate_limits=many(RATE_LIMIT),
    tags=many(obj("key", key=TEXT, value=TEXT)),
    route_optimized=FLAG,
    budget_policy_id=TEXT,
    email_notifications=obj(on_update_success=TEXTS, on_update_failure=TEXTS),
    telemetry_config=TELEMETRY,
    permissions=many(PERMISSION),
    lifecycle=obj(prevent_destroy=FLAG),
)
KEYED = {"type": "object", "additionalProperties": ENDPOINT, "minProperties": 1}
APP = obj(
    "name",
    name=TEXT,
    description=TEXT,
    resources=many({"type": "object", "required": ["name"], "minProperties": 2, "maxProperties": 3}),
)
KEYED_APPS = {"type": "object", "additionalProperties": APP, "minProperties": 1}
RESOURCES = {**obj(model_serving_endpoints=KEYED, apps=KEYED_APPS), "minProperties": 1}
BUNDLE = obj("resources", resources=RESOURCES)
