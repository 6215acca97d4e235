"""What the demo agents do in one turn: look something up with their own tools, then answer from what they found."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any

from web.emulator.models import brain, markers
from web.emulator.models import conversation as talk
from web.emulator.models.base import Context, Payload
from web.emulator.models.embeddings import embed
from web.emulator.models.speech import FixedWriter, count


@dataclass(frozen=True)
class Tool:
    """A tool an agent runs itself: when a prompt matches `wanted`, `run` gives (arguments, output, words)."""

    name: str
    wanted: re.Pattern[str]
    run: Callable[[re.Match[str]], tuple[dict[str, Any], dict[str, Any], str]]


def _order(match: re.Match[str]) -> tuple[dict[str, Any], dict[str, Any], str]:
    number = int(match.group(1))
    state = ("packed", "shipped", "delivered", "returned")[number % 4]
    days = number % 5 + 1
    found = {"order_id": number, "status": state, "days": days}
    return {"order_id": number}, found, f"Order {number} is **{state}**, last changed {days} day(s) ago."


def _refund(match: re.Match[str]) -> tuple[dict[str, Any], dict[str, Any], str]:
    amount = float(match.group(1))
    fee = round(amount * 0.02, 2)
    found = {"amount": amount, "fee": fee, "refund": round(amount - fee, 2)}
    return (
        {"amount": amount},
        found,
        f"A refund of {amount:.2f} pays out **{amount - fee:.2f}** after a fee of {fee:.2f}.",
    )


_PAPERS = (
    "Canary releases for machine learning services", "Measuring drift in tabular data streams",
    "Calibrated probabilities for churn prediction", "Retrieval over long technical documents",
    "Guarded rollouts and automatic rollback", "Cost models for serving large language models",
)  # fmt: skip


def _search(match: re.Match[str]) -> tuple[dict[str, Any], dict[str, Any], str]:
    query = match.group(1).strip(" ?.!")
    asked = embed(query)
    scored = sorted(
        ((sum(a * b for a, b in zip(asked, embed(title), strict=True)), title) for title in _PAPERS), reverse=True
    )
    hits = [{"title": title, "score": round(score, 3)} for score, title in scored[:2]]
    words = "\n".join(f"- *{hit['title']}* (likeness {hit['score']})" for hit in hits)
    return {"query": query}, {"hits": hits}, f"The two closest papers on “{query}”:\n\n{words}"


SUPPORT_TOOLS = (
    Tool("lookup_order", re.compile(r"\border\s*(?:number|no\.?|#)?\s*(\d{2,9})", re.IGNORECASE), _order),
    Tool("quote_refund", re.compile(r"\brefund\b\D{0,20}(\d+(?:\.\d+)?)", re.IGNORECASE), _refund),
)
RESEARCH_TOOLS = (
    Tool(
        "search_papers",
        re.compile(r"\b(?:papers?|research|literature|find)\b(?: on| about| for)?\s+(.+)", re.I),
        _search,
    ),
)


async def work(
    payload: Payload, ctx: Context, toolbox: tuple[Tool, ...], *, reasoning: bool = False
) -> AsyncIterator[talk.Part]:
    """One turn of an agent as parts. Raises InputError and ServingError as `converse` does."""
    plain = {key: value for key, value in payload.items() if key != "tools"}
    prompt = markers.strip(talk.ask_from(plain, talk.check_messages(plain.get("messages")), ctx).prompt)
    found = [(tool, match) for tool in toolbox if (match := tool.wanted.search(prompt))]
    if not found:
        async for part in talk.converse(payload, ctx, reasoning=reasoning):
            yield part
        return
    answers, spent = [], 0
    if reasoning:
        yield talk.Reasoning(talk.think(prompt))
    for tool, match in found:
        arguments, output, words = tool.run(match)
        said = json.dumps(arguments)
        name = talk.call_id(tool.name, said)
        yield talk.ToolCall(name, tool.name, said)
        yield talk.ToolResult(name, tool.name, json.dumps(output))
        answers.append(words)
        spent += count(said)
    async for part in _say(payload, ctx, "\n\n".join(answers), spent):
        yield part


async def _say(payload: Payload, ctx: Context, text: str, spent: int) -> AsyncIterator[talk.Part]:
    """Say a text through the conversation, so that marks, limits and counts hold for it too."""
    *before, last = payload["messages"]
    marks = "".join(re.findall(r"\[\[[^\]]*\]\]", talk.plain(last.get("content"))))
    asked = {**payload, "messages": [*before, {"role": "user", "content": f"{marks}echo {text}"}], "tools": None}
    fixed = replace(ctx, writer=FixedWriter(text, ctx.writer.name))
    async for part in talk.converse(asked, fixed):
        yield replace(part, completion_tokens=part.completion_tokens + spent) if isinstance(part, talk.End) else part


def custom_outputs(payload: Payload, used: list[str]) -> dict[str, Any]:
    """What the demo agents report besides the answer: the custom inputs they got, tools used, the topic."""
    said = talk.plain((payload.get("messages") or [{}])[-1].get("content"))
    return {
        "received": payload.get("custom_inputs") or {},
        "tools_used": used,
        "topic": brain.keywords(markers.strip(said), 3),
    }
