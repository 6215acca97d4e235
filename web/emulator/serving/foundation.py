"""The `foundation_model` card of Databricks-hosted models, with the fields the SDK drops (§1.5)."""

from __future__ import annotations

import re
from typing import Any

FAMILIES = {
    "llama": ("Meta Llama", "Llama is a family of large language models by Meta."),
    "gpt": ("OpenAI GPT OSS", "GPT OSS is a family of open reasoning models by OpenAI."),
    "claude": ("Anthropic Claude", "Claude is a family of large language models by Anthropic."),
    "gte": ("GTE", "GTE is a general text embedding model."),
    "bge": ("BGE", "BGE is a text embedding model by BAAI."),
}
EMBEDS = ("gte", "bge", "embed")


def card(full_name: str) -> dict[str, Any]:
    """What the platform says about a `system.ai` model: display name, description, docs, API types, price."""
    name = full_name.rpartition(".")[2]
    label, about = next((said for key, said in FAMILIES.items() if key in name), ("", "A model hosted by Databricks."))
    rest = re.sub(r"^((databricks|meta|llama|gpt|oss|claude|gte|bge)(-|$))+", "", name.replace("_", "-"))
    rest = re.sub(r"(?<=v\d)-(?=\d(-|$))", ".", rest)
    embeds = any(mark in name for mark in EMBEDS)
    types = ["openai/v1/embeddings"] if embeds else ["mlflow/v1/chat/completions", "openai/v1/responses"]
    return {
        "name": full_name,
        "display_name": f"{label} {rest.replace('-', ' ').title()}".strip() or name,
        "description": about,
        "docs": "https://docs.databricks.com/machine-learning/foundation-model-apis/supported-models.html",
        "api_types": types,
        "ai_gateway_v2_supported": True,
        "version": "1",
        "price": "7.143" if not embeds else "1.857",
    }
