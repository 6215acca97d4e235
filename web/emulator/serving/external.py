"""External models: nine providers, their fields and keys; plaintext keys are taken out and never shown (§1.4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from web.emulator.wire import Call, invalid

if TYPE_CHECKING:
    from web.emulator.world import World

CONFIGS = {
    "ai21labs": "ai21labs_config",
    "amazon-bedrock": "amazon_bedrock_config",
    "anthropic": "anthropic_config",
    "cohere": "cohere_config",
    "custom": "custom_provider_config",
    "databricks-model-serving": "databricks_model_serving_config",
    "google-cloud-vertex-ai": "google_cloud_vertex_ai_config",
    "openai": "openai_config",
    "palm": "palm_config",
}
TASKS = {"llm/v1/chat", "llm/v1/completions", "llm/v1/embeddings"}
REQUIRED = {
    "amazon-bedrock": ["aws_region", "bedrock_provider"],
    "custom": ["custom_provider_url"],
    "databricks-model-serving": ["databricks_workspace_url"],
    "google-cloud-vertex-ai": ["project_id", "region"],
}
KEYS = {
    "ai21labs": ["ai21labs_api_key"],
    "anthropic": ["anthropic_api_key"],
    "cohere": ["cohere_api_key"],
    "databricks-model-serving": ["databricks_api_token"],
    "google-cloud-vertex-ai": ["private_key"],
    "palm": ["palm_api_key"],
}
AZURE = {
    "openai": ([], ["openai_api_key"]),
    "azure": (["openai_api_base", "openai_deployment_name", "openai_api_version"], ["openai_api_key"]),
    "azuread": (
        ["openai_api_base", "openai_deployment_name", "openai_api_version", "microsoft_entra_client_id",
         "microsoft_entra_tenant_id"],
        ["microsoft_entra_client_secret"],
    ),
}  # fmt: skip
REFERENCE = re.compile(r"\{\{\s*secrets/([\w.@-]+)/([\w.@-]+)\s*\}\}")
PLAIN = "_plaintext"


def check(call: Call, model: Any, kept: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """An external model as it is stored, and its plaintext secrets apart. `kept`: earlier secrets a PUT may rely on."""
    if not isinstance(model, dict):
        raise invalid("external_model must be an object.")
    provider = model.get("provider")
    if provider not in CONFIGS:
        raise invalid(
            f"External model provider '{provider}' is not supported. Supported: {', '.join(sorted(CONFIGS))}."
        )
    for field in ("name", "task"):
        if not isinstance(model.get(field), str) or not model[field]:
            raise invalid(f"external_model.{field} must be provided.")
    if model["task"] not in TASKS:
        raise invalid(f"Task '{model['task']}' is not supported for provider '{provider}'.")
    config = _config(model, provider)
    _fields(provider, config, kept)
    clean, secrets = strip(model)
    for value in _strings(clean[CONFIGS[provider]]):
        reference(call, value)
    return clean, secrets


def _config(model: dict[str, Any], provider: str) -> dict[str, Any]:
    wanted = CONFIGS[provider]
    given = [key for key in model if key.endswith("_config") and model[key] is not None]
    if given != [wanted] or not isinstance(model[wanted], dict):
        raise invalid(f"Exactly one provider config must be given; provider '{provider}' needs {wanted}.")
    config: dict[str, Any] = model[wanted]
    return config


def _fields(provider: str, config: dict[str, Any], kept: dict[str, str]) -> None:
    required, keys = REQUIRED.get(provider, []), KEYS.get(provider, [])
    if provider == "openai":
        kind = config.get("openai_api_type") or "openai"
        if kind not in AZURE:
            raise invalid(f"openai_api_type '{kind}' is not supported. Use openai, azure or azuread.")
        required, keys = AZURE[kind]
    for field in required:
        if not config.get(field):
            raise invalid(f"{CONFIGS[provider]}.{field} must be provided.")
    for key in keys:
        _one_key(config, key, kept)
    if provider == "amazon-bedrock":
        _bedrock(config, kept)
    if provider == "custom":
        _custom(config, kept)


def _one_key(config: dict[str, Any], key: str, kept: dict[str, str]) -> None:
    given = [name for name in (key, key + PLAIN) if config.get(name)]
    if len(given) == 2:
        raise invalid(f"Only one of {key} and {key}{PLAIN} can be provided.")
    if not given and not any(path.endswith(key + PLAIN) for path in kept):
        raise invalid(f"One of {key} and {key}{PLAIN} must be provided.")
    if config.get(key) and not REFERENCE.fullmatch(str(config[key])):
        raise invalid(f"The value of {key} must be a secret reference like {{{{secrets/scope/key}}}}.")


def _bedrock(config: dict[str, Any], kept: dict[str, str]) -> None:
    if config.get("instance_profile_arn") or config.get("uc_service_credential_name"):
        return
    for key in ("aws_access_key_id", "aws_secret_access_key"):
        _one_key(config, key, kept)


def _custom(config: dict[str, Any], kept: dict[str, str]) -> None:
    auth = [key for key in ("api_key_auth", "bearer_token_auth") if isinstance(config.get(key), dict)]
    if len(auth) != 1:
        raise invalid("Exactly one of api_key_auth and bearer_token_auth must be provided.")
    if auth[0] == "api_key_auth" and not config["api_key_auth"].get("key"):
        raise invalid("api_key_auth.key must be provided.")
    _one_key(config[auth[0]], "value" if auth[0] == "api_key_auth" else "token", kept)


def strip(value: Any, path: str = "") -> tuple[Any, dict[str, str]]:
    """A copy without any `*_plaintext` field, and those fields by their path."""
    if not isinstance(value, dict):
        return value, {}
    clean: dict[str, Any] = {}
    found: dict[str, str] = {}
    for key, item in value.items():
        if key.endswith(PLAIN):
            found[f"{path}{key}"] = str(item)
            continue
        clean[key], inner = strip(item, f"{path}{key}.")
        found |= inner
    return clean, found


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def reference(call: Call, value: str) -> None:
    """Refuse a secret reference that the caller cannot read."""
    if call.world.switches.unknown_secret_refused and (match := REFERENCE.fullmatch(value)):
        call.world.secrets.readable(call.person, match[1], match[2])


def dangling(world: World, values: list[str]) -> bool:
    """Whether one of the values refers to a secret that does not exist."""
    found = (REFERENCE.fullmatch(value) for value in values)
    return any(match and not world.secrets.exists(match[1], match[2]) for match in found)
