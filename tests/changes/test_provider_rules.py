"""What each provider of external models needs, by examples that its documents give, for each way to sign in."""

import copy
from typing import Any

import pytest

from web.changes.providers import PROVIDERS, TASKS, Provider, Variant, provider_breaches

KEY = "{{secrets/ml/key}}"
AZURE = {
    "openai_api_base": "https://x.openai.azure.com",
    "openai_deployment_name": "d",
    "openai_api_version": "2024-10-21",
}
REGION = {"aws_region": "us-east-1", "bedrock_provider": "anthropic"}
PROXY = {"custom_provider_url": "https://models.example"}
# provider, its config's field, the way to sign in, and the smallest config that works.
WAYS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("openai", "openai_config", "openai", {"openai_api_type": "openai", "openai_api_key": KEY}),
    ("openai", "openai_config", "azure", {"openai_api_type": "azure", "openai_api_key": KEY, **AZURE}),
    ("openai", "openai_config", "azuread", {
        "openai_api_type": "azuread", "microsoft_entra_client_id": "c", "microsoft_entra_tenant_id": "t",
        "microsoft_entra_client_secret": KEY, **AZURE,
    }),
    ("anthropic", "anthropic_config", "key", {"anthropic_api_key": KEY}),
    ("amazon-bedrock", "amazon_bedrock_config", "keys", {
        "aws_access_key_id": KEY, "aws_secret_access_key": KEY, **REGION,
    }),
    ("amazon-bedrock", "amazon_bedrock_config", "profile", {"instance_profile_arn": "arn:aws:iam::1:x", **REGION}),
    ("amazon-bedrock", "amazon_bedrock_config", "credential", {"uc_service_credential_name": "c", **REGION}),
    ("google-cloud-vertex-ai", "google_cloud_vertex_ai_config", "key", {
        "private_key": KEY, "project_id": "p", "region": "us-central1",
    }),
    ("cohere", "cohere_config", "key", {"cohere_api_key": KEY}),
    ("ai21labs", "ai21labs_config", "key", {"ai21labs_api_key": KEY}),
    ("databricks-model-serving", "databricks_model_serving_config", "key", {
        "databricks_api_token": KEY, "databricks_workspace_url": "https://adb-1",
    }),
    ("palm", "palm_config", "key", {"palm_api_key": KEY}),
    ("custom", "custom_provider_config", "bearer", {"bearer_token_auth": {"token": KEY}, **PROXY}),
    ("custom", "custom_provider_config", "api_key", {"api_key_auth": {"key": "x-api-key", "value": KEY}, **PROXY}),
]  # fmt: skip
each_way = pytest.mark.parametrize(
    ("provider", "field", "way", "config"), WAYS, ids=[f"{key}-{way}" for key, _, way, _ in WAYS]
)


def told(provider: str, field: str, config: Any) -> list[str]:
    """Where the breaches are, inside the provider's config."""
    found = [path for path, _ in provider_breaches({"provider": provider, field: config})]
    assert all(path.startswith(f"{field}.") for path in found)
    return [path.removeprefix(f"{field}.") for path in found]


def leaves(config: dict[str, Any]) -> list[str]:
    """Every field that holds a value, as `parent.leaf`."""
    nested = [f"{name}.{leaf}" for name, value in config.items() if isinstance(value, dict) for leaf in value]
    return [name for name, value in config.items() if not isinstance(value, dict)] + nested


def put(config: dict[str, Any], leaf: str, name: str, value: Any) -> dict[str, Any]:
    """A copy with a field taken out, and another put in its place unless `value` is None."""
    made = copy.deepcopy(config)
    parent, _, last = leaf.rpartition(".")
    inside = made[parent] if parent else made
    del inside[last]
    if value is not None:
        inside[name.rpartition(".")[2]] = value
    return made


@each_way
def test_the_smallest_config_breaks_no_rule_and_is_told_apart(
    provider: str, field: str, way: str, config: dict[str, Any]
) -> None:
    known = PROVIDERS[provider]
    assert (known.key, known.config, known.variant_of(config).key) == (provider, field, way)
    assert told(provider, field, config) == []
    assert known.variant(way).marker == ("openai_api_type" if provider == "openai" else "")


@each_way
def test_whatever_is_missing_is_told_at_its_field(provider: str, field: str, way: str, config: dict[str, Any]) -> None:
    for leaf in leaves(config):
        if leaf != "openai_api_type":
            found = told(provider, field, put(config, leaf, leaf, None))
            alone = way in ("profile", "credential") and leaf not in REGION
            assert found == (["aws_access_key_id", "aws_secret_access_key"] if alone else [leaf])


@each_way
def test_a_key_is_a_reference_or_typed_in_the_field_beside_it(
    provider: str, field: str, way: str, config: dict[str, Any]
) -> None:
    for leaf in leaves(config):
        parent, _, last = leaf.rpartition(".")
        beside = put(config, leaf, f"{leaf}_plaintext", "k")
        if (config[parent] if parent else config)[last] == KEY:
            assert told(provider, field, beside) == []
            assert told(provider, field, put(config, leaf, leaf, "k")) == [leaf]
        elif leaf != "openai_api_type" and way not in ("profile", "credential"):
            assert told(provider, field, beside) == [leaf], "this is no key"


def test_what_may_be_given_besides_may_be_left_out() -> None:
    more = {"openai_organization": "o", "openai_api_base": "https://proxy"}
    assert told("openai", "openai_config", {"openai_api_type": "openai", "openai_api_key": KEY, **more}) == []
    assert told("cohere", "cohere_config", {"cohere_api_key": KEY, "cohere_api_base": "https://proxy"}) == []
    optional = {s.field for p in PROVIDERS.values() for v in p.variants for s in p.fields(v.key) if not s.required}
    assert optional == {"openai_organization", "openai_api_base", "cohere_api_base"}


def test_what_is_missing_is_told_in_the_words_of_the_form() -> None:
    found = dict(provider_breaches({"provider": "palm", "palm_config": {}}))
    assert found == {"palm_config.palm_api_key": "Choose a secret, or type the key."}
    found = dict(provider_breaches({"provider": "cohere", "cohere_config": {"cohere_api_key": "k"}}))
    assert "goes into cohere_api_key_plaintext" in found["cohere_config.cohere_api_key"]
    found = dict(provider_breaches({"provider": "custom", "custom_provider_config": {"bearer_token_auth": {}}}))
    assert found["custom_provider_config.custom_provider_url"] == "Custom provider needs this."
    assert "custom_provider_config.bearer_token_auth.token" in found


def test_a_key_left_behind_by_another_way_to_sign_in_is_looked_at_too() -> None:
    azure = {"openai_api_type": "azure", "openai_api_key": KEY, **AZURE, "microsoft_entra_client_secret": "typed"}
    assert told("openai", "openai_config", azure) == ["microsoft_entra_client_secret"]


def test_a_custom_provider_takes_one_way_to_sign_in() -> None:
    both = {"bearer_token_auth": {"token": KEY}, "api_key_auth": {"key": "x-api-key", "value": KEY}, **PROXY}
    assert told("custom", "custom_provider_config", both) == ["bearer_token_auth.token"]
    assert told("custom", "custom_provider_config", {**both, "bearer_token_auth": "odd"}) == []


def test_what_has_no_known_provider_or_no_settings_is_judged_elsewhere() -> None:
    for model in (
        {},
        {"provider": "acme", "acme_config": {}},
        {"provider": "palm"},
        {"provider": "palm", "palm_config": "x"},
    ):
        assert list(provider_breaches(model)) == []


def test_without_a_marker_the_way_of_which_most_is_there_counts() -> None:
    openai = PROVIDERS["openai"]
    assert openai.variant_of({}).key == openai.variant("nobody knows").key == "openai"
    assert openai.variant_of({"openai_api_key": KEY, **AZURE}).key == "azure"
    assert openai.variant_of({"microsoft_entra_client_secret_plaintext": "k"}).key == "azuread"
    assert openai.variant_of({"openai_api_type": "azuread", "openai_api_key": KEY}).key == "azuread"
    unmarked = Provider("p", "P", "p_config", (Variant("one", "One", ()), Variant("two", "Two", ())))
    assert unmarked.variant_of({"": "two"}).key == "one"


def test_the_choices_of_the_forms_are_those_of_the_workspace() -> None:
    assert TASKS == ("llm/v1/chat", "llm/v1/completions", "llm/v1/embeddings")
    fields = {s.field: s for s in PROVIDERS["amazon-bedrock"].fields("keys")}
    assert fields["bedrock_provider"].choices == ("anthropic", "cohere", "ai21labs", "amazon")
    assert list(fields) == ["aws_region", "bedrock_provider", "aws_access_key_id", "aws_secret_access_key"]
    assert list(PROVIDERS) == list(dict.fromkeys(key for key, _, _, _ in WAYS))
