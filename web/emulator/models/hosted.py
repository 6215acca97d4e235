"""Models Databricks or another provider hosts: foundation models of `system.ai` and external models."""

from __future__ import annotations

import re
from typing import Any

from web.emulator.models.base import Model
from web.emulator.models.chat import ChatModel
from web.emulator.models.completions import CompletionsModel
from web.emulator.models.embeddings import EmbeddingsModel

_EMBEDDERS = re.compile(r"(^|[-_.])(bge|gte|embed|qwen3[-_]embedding)", re.IGNORECASE)
_THINKERS = re.compile(r"gpt[-_]oss|deepseek[-_]r1|claude[-_](?:3[-_]7|sonnet|opus)|[-_]thinking", re.IGNORECASE)


def foundation(name: str) -> Model:
    """The model behind a `system.ai` name: embeddings, a reasoning chat model, or a chat model."""
    short = name.removeprefix("system.ai.").removeprefix("databricks-")
    if _EMBEDDERS.search(short):
        return EmbeddingsModel()
    return ChatModel(reasoning=bool(_THINKERS.search(short)))


def external(spec: dict[str, Any]) -> Model | None:
    """The model behind an external model's `task`; None for a task nobody serves."""
    task = spec.get("task")
    if task == "llm/v1/completions":
        return CompletionsModel()
    if task == "llm/v1/embeddings":
        return EmbeddingsModel()
    return ChatModel() if task == "llm/v1/chat" else None
