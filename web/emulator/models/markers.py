"""Marks a prompt may carry so that a test or a demo knows the truth about an answer beforehand.

`[[delay 300ms]]` waits (real time) before the first token · `[[fail mid-stream]]` or `[[fail after 5 tokens]]` breaks
the answer · `[[status 503]]` lets the model refuse, `[[status 429 on gpt-primary]]` only in that served entity ·
`[[tokens 200]]` makes the answer that long · `[[pace 20/s]]` sets the tokens per second.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(r"\[\[\s*(delay|fail|status|tokens|pace)\b([^\]]*)\]\]", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Markers:
    """The marks of one prompt. Times in seconds, `pace` in tokens per second; None where nothing was asked."""

    delay_s: float = 0.0
    fail_after: int | None = None
    status: int | None = None
    status_on: str | None = None
    tokens: int | None = None
    pace: float | None = None


def strip(text: str) -> str:
    """The prompt without its marks."""
    return _MARK.sub("", text).strip()


def read(text: str) -> Markers:
    """All marks of a prompt; the last of a kind wins."""
    found = {kind.lower(): rest for kind, rest in _MARK.findall(text)}
    status = _number(found.get("status"))
    return Markers(
        delay_s=_seconds(found["delay"]) if "delay" in found else 0.0,
        fail_after=int(_number(found["fail"]) or 4) if "fail" in found else None,
        status=int(status) if status else None,
        status_on=found["status"].partition(" on ")[2].strip() or None if "status" in found else None,
        tokens=int(_number(found["tokens"]) or 0) if "tokens" in found else None,
        pace=_number(found.get("pace")),
    )


def _number(text: str | None) -> float | None:
    match = _NUMBER.search(text or "")
    return float(match.group()) if match else None


def _seconds(text: str) -> float:
    amount = _number(text) or 0.0
    return amount / 1000 if "ms" in text else amount
