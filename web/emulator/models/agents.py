"""agent/v1/chat (ChatModel) and agent/v2/chat (ChatAgent): agents in the shapes MLflow gives them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from web.emulator.models import conversation as talk
from web.emulator.models.agent_work import Tool, custom_outputs, work
from web.emulator.models.base import Context, Model, Payload
from web.emulator.models.chat import ChatModel, call_shape, usage
from web.emulator.models.traces import databricks_output, trace_id


class ChatAgent(Model):
    """A ChatAgent: answers with the list of messages it produced, tools included."""

    task = "agent/v2/chat"

    def __init__(self, toolbox: tuple[Tool, ...]) -> None:
        self._toolbox = toolbox

    async def answer(self, payload: Payload, ctx: Context) -> Payload:
        """`messages`, `finish_reason`, `custom_outputs`, `usage`, `id`."""
        messages: list[Payload] = []
        text, end = "", talk.End("stop", 0, 0)
        async for part in work(payload, ctx, self._toolbox):
            if isinstance(part, talk.Text):
                text += part.text
            elif isinstance(part, talk.End):
                end = part
            elif shaped := _message(part, f"{ctx.request_id}-{len(messages)}"):
                messages.append(shaped)
        if text:
            messages.append({"role": "assistant", "content": text, "id": ctx.request_id})
        return {"messages": messages, **_ending(payload, ctx, messages, end), "id": ctx.request_id}

    async def stream(self, payload: Payload, ctx: Context) -> AsyncIterator[Payload]:
        """Chunks `{id, delta}`; the last carries finish_reason, usage and custom outputs, then a trace id."""
        messages: list[Payload] = []
        async for part in work(payload, ctx, self._toolbox):
            if isinstance(part, talk.Text):
                yield {"id": ctx.request_id, "delta": {"role": "assistant", "content": part.text, "id": ctx.request_id}}
            elif isinstance(part, talk.End):
                empty = {"role": "assistant", "content": "", "id": ctx.request_id}
                yield {"id": ctx.request_id, "delta": empty, **_ending(payload, ctx, messages, part)}
            elif shaped := _message(part, f"{ctx.request_id}-{len(messages)}"):
                messages.append(shaped)
                yield {"id": shaped["id"], "delta": shaped}
        yield {"trace_id": trace_id(ctx)}


def _message(part: talk.Part, name: str) -> Payload | None:
    if isinstance(part, talk.ToolCall):
        return {"role": "assistant", "content": "", "id": name, "tool_calls": [call_shape(part)]}
    if isinstance(part, talk.ToolResult):
        return {"role": "tool", "content": part.output, "id": name, "tool_call_id": part.id, "name": part.name}
    return None


def _ending(payload: Payload, ctx: Context, messages: list[Payload], end: talk.End) -> Payload:
    used = [str(message["name"]) for message in messages if message["role"] == "tool"]
    spent = usage(end.prompt_tokens, end.completion_tokens)
    body = {"finish_reason": end.reason, "custom_outputs": custom_outputs(payload, used), "usage": spent}
    return {**body, **databricks_output(payload, ctx, used)}


class ChatModelAgent(ChatModel):
    """An older agent (MLflow ChatModel): the chat shape with custom outputs."""

    def __init__(self) -> None:
        super().__init__(task="agent/v1/chat")

    async def answer(self, payload: Payload, ctx: Context) -> Payload:
        """A chat completion with `custom_outputs`."""
        whole: dict[str, Any] = await super().answer(payload, ctx)
        return {**whole, "custom_outputs": custom_outputs(payload, [])}
