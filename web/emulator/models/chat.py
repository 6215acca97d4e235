"""llm/v1/chat: OpenAI-style chat completions, whole or streamed, with tool calls, reasoning parts and usage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from web.emulator.models import conversation as talk
from web.emulator.models.base import Context, InputError, Model, Payload
from web.emulator.models.speech import pieces

Usage = dict[str, int]


class ChatModel(Model):
    """A chat model. With `reasoning` its content is a list of parts, as Databricks gives for reasoning models."""

    def __init__(self, *, reasoning: bool = False, task: str = "llm/v1/chat") -> None:
        self.task = task
        self.reasoning = reasoning

    async def answer(self, payload: Payload, ctx: Context) -> Payload:
        """A `chat.completion` with `n` choices."""
        wanted = payload.get("n") or 1
        if not isinstance(wanted, int) or not 1 <= wanted <= 16:
            raise InputError("Invalid request: 'n' must be between 1 and 16.", "INVALID_PARAMETER_VALUE")
        turns = await asyncio.gather(*(self._turn(payload, ctx) for _ in range(wanted)))
        choices = [{"index": place, **choice} for place, (choice, _) in enumerate(turns)]
        ends = [end for _, end in turns]
        spent = usage(ends[0].prompt_tokens, sum(end.completion_tokens for end in ends))
        return {**envelope(ctx, "chat.completion"), "choices": choices, "usage": spent}

    async def _turn(self, payload: Payload, ctx: Context) -> tuple[Payload, talk.End]:
        thought, text, calls = "", "", []
        end = talk.End("stop", 0, 0)
        async for part in talk.converse(payload, ctx, reasoning=self.reasoning):
            if isinstance(part, talk.Reasoning):
                thought += part.text
            elif isinstance(part, talk.Text):
                text += part.text
            elif isinstance(part, talk.ToolCall):
                calls.append(call_shape(part))
            elif isinstance(part, talk.End):
                end = part
        content: Any = [*reasoning_part(thought), {"type": "text", "text": text}] if thought else text
        message = {"role": "assistant", "content": content if text or not calls else None}
        return {"message": {**message, **({"tool_calls": calls} if calls else {})}, "finish_reason": end.reason}, end

    async def stream(self, payload: Payload, ctx: Context) -> AsyncIterator[Payload]:
        """`chat.completion.chunk` frames; usage on the last one, or on each for foundation models."""
        head = envelope(ctx, "chat.completion.chunk")
        asked = _prompt_tokens(payload, ctx) if ctx.usage_every_chunk else 0
        said, first = 0, True
        async for part in talk.converse(payload, ctx, reasoning=self.reasoning):
            if isinstance(part, talk.End):
                yield _chunk(head, {}, part.reason, usage(part.prompt_tokens, part.completion_tokens))
                return
            for delta in _deltas(part):
                said += 1
                lead = {"role": "assistant"} if first else {}
                spent = usage(asked, said) if ctx.usage_every_chunk else None
                yield _chunk(head, {**lead, **delta}, None, spent)
                first = False


def _prompt_tokens(payload: Payload, ctx: Context) -> int:
    return talk.prompt_tokens(talk.ask_from(payload, talk.check_messages(payload.get("messages")), ctx))


def _chunk(head: Payload, delta: Payload, reason: str | None, spent: Usage | None) -> Payload:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {**head, "choices": [choice], **({"usage": spent} if spent else {})}


def _deltas(part: talk.Part) -> list[Payload]:
    if isinstance(part, talk.Reasoning):
        return [{"content": reasoning_part(part.text)}]
    if isinstance(part, talk.Text):
        return [{"content": part.text}]
    if isinstance(part, talk.ToolCall):
        opening = {"index": 0, "id": part.id, "type": "function", "function": {"name": part.name, "arguments": ""}}
        rest = [{"index": 0, "function": {"arguments": piece}} for piece in pieces(part.arguments)]
        return [{"content": None, "tool_calls": [opening]}, *({"tool_calls": [piece]} for piece in rest)]
    return []


def call_shape(part: talk.ToolCall) -> Payload:
    """A tool call as a chat message carries it."""
    return {"id": part.id, "type": "function", "function": {"name": part.name, "arguments": part.arguments}}


def reasoning_part(text: str) -> list[Payload]:
    """Thinking aloud as a content part."""
    return [{"type": "reasoning", "summary": [{"type": "summary_text", "text": text}]}]


def usage(prompt: int, completion: int) -> Usage:
    """Token counts in the OpenAI words."""
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def envelope(ctx: Context, kind: str) -> Payload:
    """The fields every OpenAI-style answer begins with."""
    return {"id": f"chatcmpl_{ctx.request_id}", "object": kind, "created": ctx.now_s, "model": ctx.writer.name}
