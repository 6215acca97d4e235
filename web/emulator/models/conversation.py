"""One turn of a conversation as a sequence of parts, from which every chat-like response shape is made."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from web.emulator.models import brain, markers, structured, tools
from web.emulator.models.base import Context, InputError, Payload, ServingError
from web.emulator.models.speech import Ask, FixedSpeech, Speech, count, pieces

ROLES = ("system", "developer", "user", "assistant", "tool", "function")


@dataclass(frozen=True)
class Reasoning:
    """A piece of thinking aloud."""

    text: str


@dataclass(frozen=True)
class Text:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True)
class ToolCall:
    """The model wants a function called; `arguments` is a JSON string."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class ToolResult:
    """What a tool gave an agent that calls its own tools."""

    id: str
    name: str
    output: str


@dataclass(frozen=True)
class End:
    """The turn is over. `reason`: stop, length, tool_calls."""

    reason: str
    prompt_tokens: int
    completion_tokens: int


Part = Reasoning | Text | ToolCall | ToolResult | End


def plain(content: Any) -> str:
    """The text of a message content: a string, or the text parts of a list."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict) and "text" in part)
    return content if isinstance(content, str) else ""


def check_messages(messages: Any) -> list[dict[str, str]]:
    """Messages as plain role and text. Raises InputError naming what is wrong."""
    if not isinstance(messages, list) or not messages:
        raise InputError("Invalid request: 'messages' must be a non-empty list of messages.", "INVALID_PARAMETER_VALUE")
    for place, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            raise InputError(
                f"Invalid request: messages[{place}].role must be one of {', '.join(ROLES)}.", "INVALID_PARAMETER_VALUE"
            )
    return [{"role": str(message["role"]), "content": plain(message.get("content"))} for message in messages]


def ask_from(payload: Payload, messages: list[dict[str, str]], ctx: Context) -> Ask:
    """The question with its sampling options. Raises InputError for a value out of range."""
    temperature, most = payload.get("temperature"), payload.get("max_tokens", payload.get("max_completion_tokens"))
    if temperature is not None and (not isinstance(temperature, int | float) or not 0 <= temperature <= 2):
        raise InputError("Invalid request: 'temperature' must be between 0 and 2.", "INVALID_PARAMETER_VALUE")
    if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 1):
        raise InputError("Invalid request: 'max_tokens' must be a positive integer.", "INVALID_PARAMETER_VALUE")
    stop = payload.get("stop") or []
    ask = Ask(
        messages,
        most,
        temperature,
        payload.get("top_p"),
        payload.get("seed"),
        [stop] if isinstance(stop, str) else list(stop),
    )
    pace = markers.read(ask.prompt).pace
    ask.pace = ctx.pace if pace is None else pace
    return ask


async def converse(payload: Payload, ctx: Context, *, reasoning: bool = False) -> AsyncIterator[Part]:
    """One assistant turn: perhaps reasoning, then tool calls or text, then `End`. Raises ServingError."""
    ask = ask_from(payload, check_messages(payload.get("messages")), ctx)
    marks = markers.read(ask.prompt)
    await _before_first_token(marks, ctx)
    spoken = 0
    if reasoning:
        for piece in pieces(think(ask.prompt)):
            spoken += 1
            yield Reasoning(piece)
    calls = tools.calls_for(payload, ask.prompt, ask.messages[-1]["role"])
    if calls:
        for name, arguments in calls:
            yield ToolCall(call_id(name, arguments), name, arguments)
        spoken += sum(count(arguments) for _, arguments in calls)
        yield End("tool_calls", prompt_tokens(ask), spoken)
        return
    speech = speech_for(payload, ask, ctx)
    async for piece in broken_at(speech, marks.fail_after):
        yield Text(piece)
    yield End(speech.finish_reason, speech.prompt_tokens, spoken + speech.completion_tokens)


def speech_for(payload: Payload, ask: Ask, ctx: Context) -> Speech:
    """Who answers: the fixed text of a structured output, else the context's writer."""
    fixed = structured.text_for(payload.get("response_format"), markers.strip(ask.prompt))
    return FixedSpeech(fixed, ask) if fixed is not None else ctx.writer.write(ask)


async def broken_at(speech: Speech, fail_after: int | None) -> AsyncIterator[str]:
    """The speech, ending in a ServingError after `fail_after` tokens when that is set."""
    said = 0
    async for piece in speech:
        if fail_after is not None and said >= fail_after:
            raise ServingError(
                500, "INTERNAL_ERROR", "The model server closed the connection before the answer was complete."
            )
        said += 1
        yield piece


async def _before_first_token(marks: markers.Markers, ctx: Context) -> None:
    if marks.status and marks.status_on in (None, ctx.served_model):
        code = {429: "REQUEST_LIMIT_EXCEEDED", 400: "BAD_REQUEST", 503: "TEMPORARILY_UNAVAILABLE"}.get(
            marks.status, "INTERNAL_ERROR"
        )
        raise ServingError(marks.status, code, f"The model answered with status {marks.status}.")
    if marks.delay_s:
        await asyncio.sleep(marks.delay_s)


def prompt_tokens(ask: Ask) -> int:
    """Tokens of the whole prompt: four per message and its text."""
    return sum(4 + count(message["content"]) for message in ask.messages)


def think(prompt: str) -> str:
    """What a reasoning model thinks before it answers."""
    about = ", ".join(brain.keywords(markers.strip(prompt))) or "no clear subject"
    return f"The request is about {about}. I work out the answer first, check it once, and then say it briefly."


def call_id(name: str, arguments: str) -> str:
    """An id for a tool call, the same for the same call."""
    return "call_" + hashlib.sha256(json.dumps([name, arguments]).encode()).hexdigest()[:24]
