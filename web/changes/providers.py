"""The nine providers of external models: what each needs, and in which ways one signs in (reference §1.3, §1.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from web.audit.redact import is_reference

TASKS = ("llm/v1/chat", "llm/v1/completions", "llm/v1/embeddings")


@dataclass(frozen=True)
class Setting:
    """One field inside a provider's config. `secret`: a pair of a reference and its `_plaintext` twin."""

    field: str
    label: str
    secret: bool = False
    required: bool = True
    help: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variant:
    """A way to sign in. `marker` is the field that says so in the JSON (openai_api_type), if there is one."""

    key: str
    label: str
    settings: tuple[Setting, ...]
    marker: str = ""


@dataclass(frozen=True)
class Provider:
    """A provider, the field of its config, what it always needs, and its ways to sign in."""

    key: str
    label: str
    config: str
    variants: tuple[Variant, ...]
    settings: tuple[Setting, ...] = ()
    example: str = ""

    def variant(self, key: str) -> Variant:
        """The variant of this name, else the first."""
        return next((variant for variant in self.variants if variant.key == key), self.variants[0])

    def fields(self, variant: str) -> tuple[Setting, ...]:
        """All fields of one way to sign in."""
        return (*self.settings, *self.variant(variant).settings)

    def variant_of(self, config: dict[str, Any]) -> Variant:
        """The variant a config is of: what its marker says, else the one of which it has most fields."""
        for variant in self.variants:
            if variant.marker and config.get(variant.marker) == variant.key:
                return variant
        return max(self.variants, key=lambda variant: sum(_has(config, s) for s in variant.settings))


def _at(config: dict[str, Any], field: str) -> tuple[Any, Any]:
    """The value of a field such as `api_key_auth.value`, and the object it is in."""
    parent: Any = None
    value: Any = config
    for step in field.split("."):
        parent, value = value, value.get(step) if isinstance(value, dict) else None
    return value, parent


def _has(config: dict[str, Any], setting: Setting) -> bool:
    value, parent = _at(config, setting.field)
    twin = parent.get(setting.field.rpartition(".")[2] + "_plaintext") if isinstance(parent, dict) else None
    return bool(value or (setting.secret and twin))


def _key(field: str, label: str = "API key") -> Variant:
    return Variant("key", "Key", (Setting(field, label, secret=True),))


_DEPLOYMENT = (
    Setting("openai_api_base", "API base", help="https://<resource>.openai.azure.com"),
    Setting("openai_deployment_name", "Deployment name"),
    Setting("openai_api_version", "API version", help="2024-10-21, for example"),
)
_OPENAI = (
    Variant(
        "openai",
        "OpenAI",
        (
            Setting("openai_api_key", "API key", secret=True),
            Setting("openai_organization", "Organization", required=False),
            Setting("openai_api_base", "API base", required=False, help="Only for a proxy of your own."),
        ),
        "openai_api_type",
    ),
    Variant(
        "azure",
        "Azure with a key",
        (Setting("openai_api_key", "API key", secret=True), *_DEPLOYMENT),
        "openai_api_type",
    ),
    Variant(
        "azuread",
        "Azure with Entra ID",
        (
            Setting("microsoft_entra_client_id", "Client id"),
            Setting("microsoft_entra_tenant_id", "Tenant id"),
            Setting("microsoft_entra_client_secret", "Client secret", secret=True),
            *_DEPLOYMENT,
        ),
        "openai_api_type",
    ),
)
_BEDROCK = (
    Variant(
        "keys",
        "Access key",
        (
            Setting("aws_access_key_id", "Access key id", secret=True),
            Setting("aws_secret_access_key", "Secret access key", secret=True),
        ),
    ),
    Variant("profile", "Instance profile", (Setting("instance_profile_arn", "Instance profile ARN"),)),
    Variant("credential", "UC service credential", (Setting("uc_service_credential_name", "Service credential"),)),
)
_CUSTOM = (
    Variant("bearer", "Bearer token", (Setting("bearer_token_auth.token", "Token", secret=True),)),
    Variant(
        "api_key",
        "API key header",
        (
            Setting("api_key_auth.key", "Header name", help="The header that carries the key, x-api-key for example"),
            Setting("api_key_auth.value", "Key", secret=True),
        ),
    ),
)
_REGION = Setting("aws_region", "AWS region", help="us-east-1, for example")
_SELLER = Setting("bedrock_provider", "Model's provider", choices=("anthropic", "cohere", "ai21labs", "amazon"))
_WORKSPACE = Setting("databricks_workspace_url", "Workspace URL", help="https://<workspace host>")

PROVIDERS: dict[str, Provider] = {
    provider.key: provider
    for provider in (
        Provider("openai", "OpenAI and Azure OpenAI", "openai_config", _OPENAI, example="gpt-4o"),
        Provider("anthropic", "Anthropic", "anthropic_config", (_key("anthropic_api_key"),), example="claude-sonnet-4"),
        Provider(
            "amazon-bedrock", "Amazon Bedrock", "amazon_bedrock_config", _BEDROCK, (_REGION, _SELLER), "claude-v2"
        ),
        Provider(
            "google-cloud-vertex-ai",
            "Google Vertex AI",
            "google_cloud_vertex_ai_config",
            (_key("private_key", "Service account key"),),
            (Setting("project_id", "Project id"), Setting("region", "Region", help="us-central1, for example")),
            "gemini-2.0-flash",
        ),
        Provider(
            "cohere",
            "Cohere",
            "cohere_config",
            (_key("cohere_api_key"),),
            (Setting("cohere_api_base", "API base", required=False),),
            "command-r",
        ),
        Provider("ai21labs", "AI21 Labs", "ai21labs_config", (_key("ai21labs_api_key"),), example="jamba-large"),
        Provider(
            "databricks-model-serving",
            "Databricks (another workspace)",
            "databricks_model_serving_config",
            (_key("databricks_api_token", "API token"),),
            (_WORKSPACE,),
            "an endpoint's name",
        ),
        Provider("palm", "PaLM (legacy)", "palm_config", (_key("palm_api_key"),), example="text-bison-001"),
        Provider(
            "custom",
            "Custom provider",
            "custom_provider_config",
            _CUSTOM,
            (Setting("custom_provider_url", "URL", help="An OpenAI-compatible address, https://…"),),
            "the model's name there",
        ),
    )
}


def provider_breaches(model: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(path inside the external model, message) for each field of the provider that is missing or at odds."""
    provider = PROVIDERS.get(str(model.get("provider") or ""))
    config = model.get(provider.config) if provider else None
    if provider is None or not isinstance(config, dict):
        return
    variant = provider.variant_of(config)
    path = provider.config + "."
    for setting in provider.fields(variant.key):
        if setting.required and not _has(config, setting):
            kind = "Choose a secret, or type the key." if setting.secret else f"{provider.label} needs this."
            yield path + setting.field, kind
    secrets = dict.fromkeys(s.field for variant in provider.variants for s in variant.settings if s.secret)
    for field in secrets:
        value = _at(config, field)[0]
        if value and not is_reference(value):
            yield (
                path + field,
                f"Give a reference, {{{{secrets/scope/key}}}}; a key itself goes into {field}_plaintext.",
            )
    if all(isinstance(config.get(auth), dict) for auth in ("bearer_token_auth", "api_key_auth")):
        yield path + "bearer_token_auth.token", "Give either an API key header or a bearer token, not both."
