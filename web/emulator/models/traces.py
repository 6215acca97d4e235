"""The trace an agent adds to its answer when a request asks for it with `databricks_options.return_trace`."""

from __future__ import annotations

from typing import Any

from web.emulator.models.base import Context, Payload


def trace_id(ctx: Context) -> str:
    """The id of the trace of this request."""
    return "tr-" + ctx.request_id.replace("-", "")


def databricks_output(payload: Payload, ctx: Context, tools: list[str]) -> dict[str, Any]:
    """`{"databricks_output": {...}}` with a span per step, or nothing when no trace was asked for."""
    options = payload.get("databricks_options")
    if not isinstance(options, dict) or options.get("return_trace") is not True:
        return {}
    root = {"name": "agent", "span_type": "AGENT", "span_id": ctx.request_id[:16], "parent_id": None, "status": "OK"}
    steps = [
        {
            "name": name,
            "span_type": kind,
            "span_id": f"{ctx.request_id[:14]}{place:02d}",
            "parent_id": root["span_id"],
            "status": "OK",
        }
        for place, (name, kind) in enumerate([*((tool, "TOOL") for tool in tools), (ctx.writer.name, "CHAT_MODEL")])
    ]
    info = {"trace_id": trace_id(ctx), "request_id": trace_id(ctx), "timestamp_ms": ctx.now_s * 1000, "state": "OK"}
    trace = {"info": info, "data": {"spans": [root, *steps]}}
    return {"databricks_output": {"databricks_request_id": ctx.request_id, "trace": trace}}
