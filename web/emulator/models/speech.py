"""Text as a stream of tokens: the small deterministic writer, its pace, stop words and token counts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from web.emulator.models import brain, markers

_PIECE = re.compile(r"\s?\w{1,6}|\s?[^\w\s]|\s+")


def pieces(text: str) -> list[str]:
    """A text cut into token-like pieces; joined they are the text again."""
    return _PIECE.findall(text)


def count(value: Any) -> int:
    """How many tokens a text, a list of parts or a message list has, by the same cut."""
    if isinstance(value, str):
        return len(pieces(value))
    if isinstance(value, dict):
        return count(str(value.get("text") or value.get("content") or ""))
    return sum(count(item) for item in value) if isinstance(value, list) else 0


@dataclass
class Ask:
    """One question to a writer: messages with plain `role` and `content`, and the sampling options."""

    messages: list[dict[str, str]]
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: list[str] = field(default_factory=list)
    pace: float = 0.0

    @property
    def prompt(self) -> str:
        """The last thing a person said."""
        said = [message["content"] for message in self.messages if message["role"] == "user"]
        return said[-1] if said else ""


class Speech(Protocol):
    """An answer being written. The counts and the reason are final once iteration has ended."""

    finish_reason: str
    prompt_tokens: int
    completion_tokens: int

    def __aiter__(self) -> AsyncIterator[str]:
        """The tokens as they come."""
        ...


class Writer(Protocol):
    """Something that writes text. `name` is what a response's `model` field says."""

    name: str

    def write(self, ask: Ask) -> Speech:
        """Begin an answer; nothing is computed before it is iterated."""
        ...


class FixedSpeech:
    """A known text said at a pace, cut at stop words and at `max_tokens`."""

    def __init__(self, text: str, ask: Ask) -> None:
        cuts = [text.find(word) for word in ask.stop if word and word in text]
        tokens = pieces(text[: min(cuts)] if cuts else text)
        self._tokens = tokens[: ask.max_tokens] if ask.max_tokens is not None else tokens
        self._pace = ask.pace
        self.finish_reason = "length" if len(self._tokens) < len(tokens) else "stop"
        self.prompt_tokens = sum(4 + count(message["content"]) for message in ask.messages)
        self.completion_tokens = 0

    async def __aiter__(self) -> AsyncIterator[str]:
        """One piece after another, `pace` per second."""
        for token in self._tokens:
            if self._pace > 0:
                await asyncio.sleep(1 / self._pace)
            self.completion_tokens += 1
            yield token


class Deterministic:
    """The built-in writer: the same question always gets the same, readable answer."""

    name = "deterministic-chat"

    def write(self, ask: Ask) -> Speech:
        """Answer the last user message (see `brain`)."""
        marks = markers.read(ask.prompt)
        text = brain.reply([{**message, "content": markers.strip(message["content"])} for message in ask.messages])
        return FixedSpeech(brain.lengthen(text, marks.tokens, pieces) if marks.tokens else text, ask)


class FixedWriter:
    """A writer that says one text whatever is asked, under the name of another."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self.name = name

    def write(self, ask: Ask) -> Speech:
        """The text."""
        return FixedSpeech(self._text, ask)
