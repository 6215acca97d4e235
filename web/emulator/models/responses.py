"""agent/v1/responses (ResponsesAgent) and the Responses form of chat models: typed items and stream events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from web.emulator.models import conversation as talk
from web.emulator.models.agent_work import Tool, custom_outputs, work
from web.emulator.models.base import Context, InputError, Model, Payload
from web.emulator.models.response_events import Builder
from web.emulator.models.traces import databricks_output, trace_id


class ResponsesAgent(Model):
    """An agent in the Responses shape; without tools it is a plain model behind `/serving-endpoints/responses`."""

    task = "agent/v1/responses"

    def __init__(self, toolbox: tuple[Tool, ...] = (), *, reasoning: bool = True) -> None:
        self._toolbox = toolbox
        self._reasoning = reasoning

    async def answer(self, payload: Payload, ctx: Context) -> Payload:
        """A `response` with its output items."""
        builder = Builder(ctx)
        asked = as_chat(payload)
        async for part in work(asked, ctx, self._toolbox, reasoning=self._reasoning):
            builder.take(part)
        return self._whole(builder, asked, ctx)

    async def stream(self, payload: Payload, ctx: Context) -> AsyncIterator[Payload]:
        """`response.created`, the events of each item, `response.completed`; agents then tell their trace id."""
        builder = Builder(ctx)
        asked = as_chat(payload)
        parts = work(asked, ctx, self._toolbox, reasoning=self._reasoning)
        started = False
        async for part in parts:
            if not started:
                yield builder.event("response.created", response=builder.response("in_progress"))
                started = True
            for frame in builder.take(part):
                yield frame
        yield builder.event("response.completed", response=self._whole(builder, asked, ctx))
        if self._toolbox:
            yield {"trace_id": trace_id(ctx)}

    def _whole(self, builder: Builder, asked: Payload, ctx: Context) -> Payload:
        used = [str(item["name"]) for item in builder.output if item["type"] == "function_call"]
        if not self._toolbox:
            return builder.response("completed")
        extra = {"custom_outputs": custom_outputs(asked, used), **databricks_output(asked, ctx, used)}
        return {**builder.response("completed"), **extra}


def as_chat(payload: Payload) -> Payload:
    """A Responses request as a chat request. Raises InputError when `input` is missing or misshapen."""
    said = payload.get("input")
    items = [{"role": "user", "content": said}] if isinstance(said, str) else said
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise InputError(
            "Invalid request: 'input' must be a string or a non-empty list of items.", "INVALID_PARAMETER_VALUE"
        )
    messages = [message for item in items if (message := _message(item))]
    if payload.get("instructions"):
        messages.insert(0, {"role": "system", "content": payload["instructions"]})
    rest = {
        key: value
        for key, value in payload.items()
        if key not in ("input", "instructions", "max_output_tokens", "text")
    }
    format_ = (payload.get("text") or {}).get("format")
    shaped = {"response_format": _response_format(format_)} if format_ else {}
    return {**rest, **shaped, "messages": messages, "max_tokens": payload.get("max_output_tokens")}


def _message(item: dict[str, Any]) -> Payload | None:
    if item.get("type") == "function_call_output":
        return {"role": "tool", "content": str(item.get("output", "")), "tool_call_id": item.get("call_id")}
    if item.get("type", "message") != "message":
        return None
    return {"role": item.get("role"), "content": talk.plain(item.get("content"))}


def _response_format(said: dict[str, Any]) -> Payload:
    return {"type": "json_schema", "json_schema": {"schema": said["schema"]}} if "schema" in said else said
