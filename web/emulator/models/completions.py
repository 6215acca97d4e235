"""llm/v1/completions: text completions for one prompt or several, whole or streamed."""

from __future__ import annotations

from collections.abc import AsyncIterator

from web.emulator.models import conversation as talk
from web.emulator.models.base import Context, InputError, Model, Payload
from web.emulator.models.chat import envelope, usage


class CompletionsModel(Model):
    """Continues prompts by the same conversation as the chat model."""

    task = "llm/v1/completions"

    async def answer(self, payload: Payload, ctx: Context) -> Payload:
        """A `text_completion` with one choice per prompt."""
        choices, asked, said = [], 0, 0
        for place, prompt in enumerate(prompts(payload)):
            text, end = prompt if payload.get("echo") else "", talk.End("stop", 0, 0)
            async for part in talk.converse(_as_chat(payload, prompt), ctx):
                if isinstance(part, talk.Text):
                    text += part.text
                elif isinstance(part, talk.End):
                    end = part
            choices.append(
                {"index": place, "text": text + str(payload.get("suffix") or ""), "finish_reason": end.reason}
            )
            asked, said = asked + end.prompt_tokens, said + end.completion_tokens
        return {**envelope(ctx, "text_completion"), "choices": choices, "usage": usage(asked, said)}

    async def stream(self, payload: Payload, ctx: Context) -> AsyncIterator[Payload]:
        """`text_completion` chunks, one prompt after another; usage with each prompt's end."""
        head = envelope(ctx, "text_completion")
        for place, prompt in enumerate(prompts(payload)):
            async for part in talk.converse(_as_chat(payload, prompt), ctx):
                if isinstance(part, talk.Text):
                    yield {**head, "choices": [{"index": place, "text": part.text, "finish_reason": None}]}
                elif isinstance(part, talk.End):
                    last = {"index": place, "text": "", "finish_reason": part.reason}
                    yield {**head, "choices": [last], "usage": usage(part.prompt_tokens, part.completion_tokens)}


def prompts(payload: Payload) -> list[str]:
    """The prompts of a request. Raises InputError when there is none."""
    prompt = payload.get("prompt")
    found = [prompt] if isinstance(prompt, str) else prompt
    if not isinstance(found, list) or not found or not all(isinstance(one, str) for one in found):
        raise InputError("Invalid request: 'prompt' must be a string or a list of strings.", "INVALID_PARAMETER_VALUE")
    return found


def _as_chat(payload: Payload, prompt: str) -> Payload:
    rest = {key: value for key, value in payload.items() if key not in ("prompt", "tools")}
    return {**rest, "messages": [{"role": "user", "content": prompt}]}
