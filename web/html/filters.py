"""Jinja filters: how times, amounts and JSON look everywhere in the portal."""

import json
import re
from collections.abc import Callable, Sized
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

_ENDS = re.compile(r"([._\]])(?=\w)")
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def moment(at_ms: float) -> datetime:
    """The UTC time of a Unix timestamp in milliseconds, the unit of the Databricks API."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def ago(at_ms: float, now_ms: float | None = None) -> str:
    """Words for how long ago a time in milliseconds was: "just now", "5 min ago", "12 Mar 2026"."""
    now = now_ms if now_ms is not None else datetime.now(UTC).timestamp() * 1000
    seconds = (now - at_ms) / 1000
    if seconds < 0:
        return f"in {duration(-seconds, 1)}"
    if seconds < 10:
        return "just now"
    if seconds < 30 * 86_400:
        return f"{duration(seconds, 1)} ago"
    return f"{moment(at_ms):%-d %b %Y}"


def time_ago(at_ms: float | None, now_ms: float | None = None) -> Markup:
    """A `<time>` element: relative words, the exact UTC time as datetime and title. An en dash for None."""
    if at_ms is None:
        return Markup("–")
    at = moment(at_ms)
    title = f"{at:%Y-%m-%d %H:%M:%S} UTC"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), title, ago(at_ms, now_ms))


def duration(seconds: float, parts: int = 2) -> str:
    """Seconds in words with at most `parts` units: "45 s", "3 min 20 s", "2 d 4 h"; under a second in ms."""
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    rest, words = int(seconds), []
    for size, unit in _UNITS:
        amount, rest = divmod(rest, size)
        if amount:
            words.append(f"{amount} {unit}")
        elif words:
            break
    return " ".join(words[:parts]) or "0 s"


def bytes_(amount: float) -> str:
    """A size in bytes with a binary unit: "512 B", "1.5 KiB"."""
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if abs(amount) < 1024 or unit == "TiB":
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    raise AssertionError("unreachable")


def number(amount: float, digits: int = 0) -> str:
    """A number with thin spaces between thousands."""
    return f"{amount:,.{digits}f}".replace(",", "\u202f")


def figure(amount: float) -> str:
    """A measured value with about three digits that matter: "0.013", "4.21", "1 240"."""
    size = abs(amount)
    return number(amount, 0 if size >= 100 or amount == int(amount) else 1 if size >= 10 else 2 if size >= 1 else 3)


def clock(at_ms: float) -> str:
    """The UTC day and minute of a time in milliseconds: "4 May 10:31"."""
    return f"{moment(at_ms):%-d %b %H:%M}"


def pretty(value: Any) -> str:
    """JSON, indented by two, keys in their own order, unknown types as text."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def plural(count: int | Sized, one: str, many: str = "") -> str:
    """`3|plural("endpoint")` is "3 endpoints"; `many` for irregular words. Takes a number or a collection."""
    amount = count if isinstance(count, int) else len(count)
    return f"{number(amount)} {one if amount == 1 else many or one + 's'}"


def slug(text: str) -> str:
    """Letters, digits and dashes only, for building element ids out of names."""
    return "".join(char if char.isalnum() and char.isascii() else "-" for char in text).strip("-") or "x"


def broken(path: str) -> Markup:
    """A path of fields that may go on in the next line where a name in it ends, not in the middle of a word."""
    return Markup(_ENDS.sub(r"\1<wbr>", str(escape(path))))  # noqa: S704 escaped just before


ALL: dict[str, Callable[..., Any]] = {
    "ago": time_ago,
    "broken": broken,
    "bytes": bytes_,
    "clock": clock,
    "duration": duration,
    "figure": figure,
    "number": number,
    "plural": plural,
    "pretty": pretty,
    "slug": slug,
}
