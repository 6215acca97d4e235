"""Output items of the Responses shape, and the stream events that announce and complete each of them."""

from __future__ import annotations

from typing import Any

from web.emulator.models import conversation as talk
from web.emulator.models.base import Context, Payload
from web.emulator.models.speech import pieces


class Builder:
    """Turns parts into items and events. `output` is what has been completed or is being written."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._sequence = 0
        self._end: talk.End | None = None
        self._thinking = False
        self.output: list[Payload] = []

    def event(self, kind: str, **fields: Any) -> Payload:
        """A numbered event."""
        self._sequence += 1
        return {"type": kind, "sequence_number": self._sequence - 1, **fields}

    def take(self, part: talk.Part) -> list[Payload]:
        """The events of one part."""
        if isinstance(part, talk.Text):
            return self._text(part.text)
        if isinstance(part, talk.Reasoning):
            return self._reasoning(part.text)
        closing = self._close()
        if isinstance(part, talk.ToolCall):
            return closing + self._call(part)
        if isinstance(part, talk.ToolResult):
            output = {"type": "function_call_output", "call_id": part.id, "output": part.output}
            return [*closing, self._done(self._add(output))]
        self._end = part
        return closing

    def response(self, status: str) -> Payload:
        """The response object as it stands; `usage` once the turn is over."""
        end = self._end
        body: Payload = {
            "id": f"resp_{self._ctx.request_id}", "object": "response", "created_at": self._ctx.now_s, "status": status,
            "model": self._ctx.writer.name, "output": [dict(item) for item in self.output],
        }  # fmt: skip
        if end is None or status != "completed":
            return body
        cut = (
            {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
            if end.reason == "length"
            else {}
        )
        total = end.prompt_tokens + end.completion_tokens
        spent = {"input_tokens": end.prompt_tokens, "output_tokens": end.completion_tokens, "total_tokens": total}
        return {**body, **cut, "usage": spent}

    def _add(self, item: Payload) -> Payload:
        item["id"] = item.get("id") or f"item_{self._ctx.request_id}_{len(self.output)}"
        self.output.append(item)
        return item

    def _place(self) -> int:
        return len(self.output) - 1

    def _done(self, item: Payload) -> Payload:
        return self.event("response.output_item.done", output_index=self._place(), item=dict(item))

    def _text(self, text: str) -> list[Payload]:
        opening = [] if self._writing() else self._close() + self._open()
        item = self.output[-1]
        item["content"][0]["text"] += text
        where = {"item_id": item["id"], "output_index": self._place(), "content_index": 0}
        return [*opening, self.event("response.output_text.delta", **where, delta=text)]

    def _writing(self) -> bool:
        return bool(self.output) and self.output[-1].get("status") == "in_progress"

    def _open(self) -> list[Payload]:
        content = [{"type": "output_text", "text": "", "annotations": []}]
        item = self._add({"type": "message", "role": "assistant", "status": "in_progress", "content": content})
        where = {"item_id": item["id"], "output_index": self._place(), "content_index": 0}
        return [
            self.event("response.output_item.added", output_index=self._place(), item={**item, "content": []}),
            self.event(
                "response.content_part.added", **where, part={"type": "output_text", "text": "", "annotations": []}
            ),
        ]

    def _close(self) -> list[Payload]:
        if self._thinking:
            self._thinking = False
            return [self._done(self.output[-1])]
        if not self._writing():
            return []
        item = self.output[-1]
        item["status"] = "completed"
        where = {"item_id": item["id"], "output_index": self._place(), "content_index": 0}
        text = item["content"][0]["text"]
        return [
            self.event("response.output_text.done", **where, text=text),
            self.event("response.content_part.done", **where, part=dict(item["content"][0])),
            self._done(item),
        ]

    def _reasoning(self, text: str) -> list[Payload]:
        if self._thinking:
            self.output[-1]["summary"][0]["text"] += text
            return [self._thought(text)]
        closing = self._close()
        item = self._add({"type": "reasoning", "summary": [{"type": "summary_text", "text": text}]})
        self._thinking = True
        opened = self.event("response.output_item.added", output_index=self._place(), item={**item, "summary": []})
        return [*closing, opened, self._thought(text)]

    def _thought(self, text: str) -> Payload:
        where = {"item_id": self.output[-1]["id"], "output_index": self._place(), "summary_index": 0}
        return self.event("response.reasoning_summary_text.delta", **where, delta=text)

    def _call(self, part: talk.ToolCall) -> list[Payload]:
        base = {"type": "function_call", "call_id": part.id, "name": part.name}
        item = self._add({**base, "arguments": part.arguments, "status": "completed"})
        where = {"item_id": item["id"], "output_index": self._place()}
        opened = {**item, "arguments": "", "status": "in_progress"}
        deltas = [
            self.event("response.function_call_arguments.delta", **where, delta=piece)
            for piece in pieces(part.arguments)
        ]
        added = self.event("response.output_item.added", output_index=self._place(), item=opened)
        last = self.event("response.function_call_arguments.done", **where, arguments=part.arguments)
        return [added, *deltas, last, self._done(item)]
