"""Schemas of the LLM tasks and of agents."""

from __future__ import annotations

from typing import Any

from web.emulator.models.base import Model
from web.emulator.models.chat import ChatModel

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "format": "int32"}
_FREE: Schema = {"type": "object", "additionalProperties": True, "nullable": True}


def _object(required: list[str] | None = None, /, **members: Schema) -> Schema:
    return {"type": "object", **({"required": required} if required else {}), "properties": members}


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _maybe(schema: Schema, **more: Any) -> Schema:
    return {**schema, "nullable": True, **more}


def _sampling() -> dict[str, Schema]:
    return {
        "n": _maybe(_COUNT, minimum=1, default=1),
        "max_tokens": _maybe(_COUNT, minimum=1),
        "top_p": _maybe({"type": "number", "format": "double"}, minimum=0, maximum=1, default=1.0),
        "temperature": _maybe({"type": "number", "format": "double"}, minimum=0, maximum=2, default=1.0),
        "stop": {"oneOf": [_TEXT, _array(_TEXT)], "nullable": True},
        "stream": _maybe({"type": "boolean"}, default=False),
    }


def _usage(*names: str) -> Schema:
    return _object(**dict.fromkeys(names, _COUNT))


_CHAT_USAGE = _usage("prompt_tokens", "completion_tokens", "total_tokens")
_ENVELOPE: dict[str, Schema] = {
    "model": _TEXT,
    "object": _TEXT,
    "id": _TEXT,
    "created": {"type": "integer", "format": "int64"},
}


def _message() -> Schema:
    return _object(
        ["role", "content"], role={"type": "string", "enum": ["system", "user", "assistant", "tool"]}, content=_TEXT
    )


def _chat(model: Model) -> tuple[Schema, Schema]:
    thinks = isinstance(model, ChatModel) and model.reasoning
    effort = {"reasoning_effort": _maybe({"type": "string", "enum": ["low", "medium", "high"]})} if thinks else {}
    custom = {"custom_inputs": _FREE} if model.task == "agent/v1/chat" else {}
    request = _object(["messages"], messages=_array(_message()), **_sampling(), **effort, **custom)
    request["examples"] = [{"messages": [{"role": "user", "content": "What is 17 * 23?"}], "max_tokens": 128}]
    choice = _object(index=_COUNT, message=_object(role=_TEXT, content={} if thinks else _TEXT), finish_reason=_TEXT)
    extra = {"custom_outputs": _FREE} if custom else {}
    return request, _object(**_ENVELOPE, choices=_array(choice), usage=_CHAT_USAGE, **extra)


def _completions(model: Model) -> tuple[Schema, Schema]:
    request = _object(["prompt"], prompt={"oneOf": [_TEXT, _array(_TEXT)]}, **_sampling())
    request["examples"] = [{"prompt": "List three colours", "max_tokens": 64}]
    choice = _object(index=_COUNT, text=_TEXT, finish_reason=_TEXT)
    return request, _object(**_ENVELOPE, choices=_array(choice), usage=_CHAT_USAGE)


def _embeddings(model: Model) -> tuple[Schema, Schema]:
    request = _object(["input"], input={"oneOf": [_TEXT, _array(_TEXT)]}, instruction=_maybe(_TEXT))
    request["examples"] = [{"input": ["first text", "second text"]}]
    entry = _object(embedding=_array({"type": "number", "format": "float"}), index=_COUNT, object=_TEXT)
    return request, _object(
        object=_TEXT, data=_array(entry), model=_TEXT, usage=_usage("prompt_tokens", "total_tokens")
    )


def _tool_call() -> Schema:
    return _object(id=_TEXT, type=_TEXT, function=_object(name=_TEXT, arguments=_TEXT))


def _agent_message() -> Schema:
    more = {key: _maybe(_TEXT) for key in ("id", "name", "tool_call_id")}
    calls = _maybe(_array(_tool_call()))
    return _object(["role"], role=_TEXT, content=_maybe(_TEXT), tool_calls=calls, attachments=_FREE, **more)


def _context() -> Schema:
    return {**_object(conversation_id=_maybe(_TEXT), user_id=_maybe(_TEXT)), "nullable": True}


def _chat_agent(model: Model) -> tuple[Schema, Schema]:
    stream = _maybe({"type": "boolean"}, default=False)
    request = _object(
        ["messages"], messages=_array(_agent_message()), context=_context(), custom_inputs=_FREE, stream=stream
    )
    request["examples"] = [{"messages": [{"role": "user", "content": "Where is order 4711?"}]}]
    extra = {
        "finish_reason": _maybe(_TEXT),
        "custom_outputs": _FREE,
        "usage": {**_CHAT_USAGE, "nullable": True},
        "id": _TEXT,
    }
    return request, _object(messages=_array(_agent_message()), **extra)


def _responses(model: Model) -> tuple[Schema, Schema]:
    item = _object(type=_maybe(_TEXT), role=_maybe(_TEXT), content={})
    knobs = {key: value for key, value in _sampling().items() if key in ("temperature", "top_p", "stream")}
    more = {"context": _context(), "custom_inputs": _FREE, "max_output_tokens": _maybe(_COUNT, minimum=1)}
    request = _object(["input"], input=_array(item), **more, **knobs)
    request["examples"] = [{"input": [{"role": "user", "content": "Find papers on drift"}]}]
    spent = _usage("input_tokens", "output_tokens", "total_tokens")
    output = _array({"type": "object", "properties": {"type": _TEXT}, "additionalProperties": True})
    return request, _object(id=_TEXT, object=_TEXT, output=output, custom_outputs=_FREE, usage=spent)


_TASKS = {
    "llm/v1/chat": _chat, "agent/v1/chat": _chat, "llm/v1/completions": _completions, "llm/v1/embeddings": _embeddings,
    "agent/v2/chat": _chat_agent, "agent/v1/responses": _responses, "agent/v2/responses": _responses,
}  # fmt: skip


def schemas(model: Model) -> tuple[Schema, Schema] | None:
    """(request, response) schemas of a model with a task; None for a task without documentation."""
    maker = _TASKS.get(model.task or "")
    return maker(model) if maker else None
