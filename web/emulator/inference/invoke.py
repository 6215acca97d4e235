"""Serving one invocation: admit, limit, guard, choose an entity, ask its model, fall back, remember."""

from __future__ import annotations

import json
from dataclasses import replace

from starlette.responses import Response

from web.emulator.inference import coldstart, external, gate, guardrails, limits, request, split, stream
from web.emulator.inference.exchange import Exchange
from web.emulator.models.base import Context, InputError, Model, Payload, ServingError, resolve
from web.emulator.models.chat import ChatModel
from web.emulator.models.responses import ResponsesAgent
from web.emulator.models.speech import FixedWriter
from web.emulator.serving.endpoint import Endpoint, Entity
from web.emulator.wire import ApiError, Call

STYLES = {
    "chat/completions": ("llm/v1/chat", "agent/v1/chat", "agent/v2/chat"),
    "completions": ("llm/v1/completions",),
    "embeddings": ("llm/v1/embeddings",),
    "responses": ("agent/v1/responses", "agent/v2/responses", "llm/v1/chat"),
}


async def invoke(call: Call, endpoint: Endpoint, *, pinned: str | None = None, style: str | None = None) -> Response:
    """Answer an invocation. `pinned` names a served entity; `style` is an OpenAI path (None: whatever the task is)."""
    config = gate.admit(call, endpoint)
    order = split.order(endpoint, config, pinned)
    exchange = Exchange(call, endpoint, order[0])
    try:
        limits.check(endpoint, call.person, call.world.clock.now_ms())
        exchange.waited_s = await coldstart.wake(call.world, order[0])
        exchange.payload = await request.read(call, endpoint, model_for(exchange, style))
        return await _guarded(exchange, order, style)
    except request.UnsupportedType as unsupported:
        exchange.finish(415, str(unsupported))
        return unsupported.response
    except ApiError as refused:
        exchange.finish(refused.status, refused.message)
        raise
    except InputError as bad:
        exchange.finish(400, bad.message)
        trace = {"stack_trace": bad.stack_trace()} if bad.error_code == "BAD_REQUEST" else {}
        raise ApiError(400, bad.error_code, bad.message, **trace) from bad
    except ServingError as failed:
        exchange.finish(failed.status, failed.message)
        raise ApiError(failed.status, failed.error_code, failed.message) from failed


def model_for(exchange: Exchange, style: str | None) -> Model:
    """The model of the chosen entity in the asked style. Raises 400 where the task does not fit the path."""
    entity, name = exchange.entity, exchange.endpoint.name
    model = resolve(exchange.call.world, entity.spec)
    if model is None:
        raise ApiError(
            404, "RESOURCE_DOES_NOT_EXIST", f"The model of served entity '{entity.name()}' does not exist any more."
        )
    if style and model.task not in STYLES[style]:
        raise ApiError(
            400, "INVALID_PARAMETER_VALUE", f"Endpoint '{name}' with task '{model.task}' does not serve '{style}'."
        )
    if style == "responses" and isinstance(model, ChatModel):
        return ResponsesAgent((), reasoning=model.reasoning)
    return model


async def _guarded(exchange: Exchange, order: list[Entity], style: str | None) -> Response:
    rule = guardrails.rules(exchange.endpoint, "input")
    if rule:
        verdict = guardrails.judge(guardrails.input_texts(exchange.payload), rule)
        if verdict.blocked:
            return _blocked(exchange, verdict, "input")
        exchange.payload = guardrails.with_texts(exchange.payload, verdict.texts)
    for entity in order:
        exchange.entity = entity
        try:
            return await _answer(exchange, style)
        except ServingError as failure:
            if entity is order[-1] or not (failure.status == 429 or failure.status >= 500):
                raise
    raise ServingError(503, "TEMPORARILY_UNAVAILABLE", "No served entity could answer.")


def _blocked(exchange: Exchange, verdict: guardrails.Verdict, direction: str) -> Response:
    given, said = exchange.spent
    given = given or sum(len(text) // 4 + 1 for text in verdict.texts)
    spent = {"prompt_tokens": given, "completion_tokens": said, "total_tokens": given + said}
    exchange.finish(400, f"{direction} guardrail triggered")
    return _json(exchange, guardrails.refusal(verdict, direction, spent), 400)


async def _answer(exchange: Exchange, style: str | None) -> Response:
    model = model_for(exchange, style)
    external.check_secrets(exchange.call.world, exchange.entity)
    context = exchange.context()
    streams = exchange.payload.get("stream") is True and model.task not in (None, "llm/v1/embeddings")
    rule = guardrails.rules(exchange.endpoint, "output")
    if rule:
        context, refused = await _guard_output(exchange, model, context, rule)
        if refused:
            return refused
    if streams:
        return await stream.response(exchange, model.stream(exchange.payload, context), model.task)
    answer = await model.answer(exchange.payload, context)
    reply = _json(exchange, answer, 200)
    exchange.heard(answer, len(reply.body))
    exchange.finish(200)
    return reply


async def _guard_output(
    exchange: Exchange, model: Model, context: Context, rule: Payload
) -> tuple[Context, Response | None]:  # fmt: skip
    """Judge the whole answer first; then the context says the permitted text, or there is a refusal."""
    answer = await model.answer(exchange.payload, context)
    exchange.heard(answer, 0)
    verdict = guardrails.judge(guardrails.input_texts(answer), rule)
    if verdict.blocked:
        return context, _blocked(exchange, verdict, "output")
    text = verdict.texts[-1] if verdict.texts else ""
    return replace(context, writer=FixedWriter(text, context.writer.name)), None


def _json(exchange: Exchange, body: Payload, status: int) -> Response:
    """A JSON answer; NaN stays NaN, as MLflow's scoring server writes it."""
    raw = json.dumps(body, ensure_ascii=False).encode()
    return Response(raw, status, exchange.headers(), media_type="application/json")
