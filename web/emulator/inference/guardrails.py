"""Guardrails of the AI Gateway: personal data masked or blocked, unsafe words, forbidden keywords, allowed topics."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import Any

from web.emulator.inference import pii
from web.emulator.models.base import Payload
from web.emulator.serving.endpoint import Endpoint

_UNSAFE = {
    "violent-crimes": ("kill", "murder", "bomb", "attack a person", "assassinate"),
    "non-violent-crimes": ("steal a", "launder money", "forge a", "credit card fraud"),
    "self-harm": ("suicide", "hurt myself", "self-harm"),
    "hate": ("ethnic cleansing", "racial slur"),
}


@dataclass(frozen=True)
class Verdict:
    """What the rules of one direction say: the texts as they may pass, whether personal data was met, what is wrong."""

    texts: list[str]
    pii: bool
    categories: dict[str, bool]

    @property
    def blocked(self) -> bool:
        """Whether any category was met."""
        return any(self.categories.values())


def rules(endpoint: Endpoint, direction: str) -> dict[str, Any] | None:
    """The rules for `input` or `output`; None where the endpoint has none (custom models never have)."""
    if endpoint.kind == "custom":
        return None
    found = ((endpoint.ai_gateway or {}).get("guardrails") or {}).get(direction)
    return found if isinstance(found, dict) and found else None


def judge(texts: list[str], rule: dict[str, Any]) -> Verdict:
    """Apply the rules of one direction to texts."""
    behavior = (rule.get("pii") or {}).get("behavior", "NONE")
    found = behavior != "NONE" and any(pii.find(text) for text in texts)
    whole = " ".join(texts).lower()
    categories = {name: bool(rule.get("safety")) and _any(words, whole) for name, words in _UNSAFE.items()}
    categories["invalid-keywords"] = _any(rule.get("invalid_keywords") or (), whole)
    topics = rule.get("valid_topics") or ()
    categories["invalid-topic"] = bool(topics) and not _any(topics, whole)
    categories["pii"] = found and behavior == "BLOCK"
    return Verdict([pii.mask(text) for text in texts] if found and behavior == "MASK" else texts, found, categories)


def _any(words: Any, text: str) -> bool:
    return any(re.search(rf"\b{re.escape(str(word).lower())}", text) for word in words)


def refusal(verdict: Verdict, direction: str, usage: Payload) -> Payload:
    """The body of the 400 that a blocked request gets (it has no error_code)."""
    found: Payload = {"flagged": True, "categories": verdict.categories, "pii_detection": verdict.pii}
    if verdict.pii:
        found[f"anonymized_{direction}"] = [pii.mask(text) for text in verdict.texts]
    return {"usage": usage, f"{direction}_guardrail": [found], "finishReason": f"{direction}_guardrail_triggered"}


def input_texts(payload: Payload) -> list[str]:
    """Every text of a request that a person wrote."""
    return [holder[key] for holder, key in _slots(payload)]


def with_texts(payload: Payload, texts: list[str]) -> Payload:
    """A copy of a request or an answer with its texts replaced, in the order `input_texts` gave them."""
    changed = copy.deepcopy(payload)
    for (holder, key), text in zip(_slots(changed), texts, strict=True):
        holder[key] = text
    return changed


def _slots(value: Any, key: Any = None, holder: Any = None) -> list[tuple[Any, Any]]:
    """Where the texts are: under content, text, prompt and input, at any depth."""
    if isinstance(value, str):
        return [(holder, key)] if key in ("content", "text", "prompt", "input") or isinstance(key, int) else []
    if isinstance(value, list):
        return [slot for place, item in enumerate(value) for slot in _slots(item, place, value)]
    if isinstance(value, dict):
        wanted = ("messages", "prompt", "input", "content", "text", "choices", "message", "output")
        return [slot for name, item in value.items() if name in wanted for slot in _slots(item, name, value)]
    return []
