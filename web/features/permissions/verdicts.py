"""One step of an explanation: what was looked at, and what came out."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "missing", "unknown", "note"]


@dataclass(frozen=True)
class Step:
    """`decides` False: not knowing this leaves the answer as it is."""

    key: str
    title: str
    verdict: Verdict
    text: str
    decides: bool = True


def ok(key: str, title: str, text: str) -> Step:
    """Nothing stands in the way here."""
    return Step(key, title, "ok", text)


def missing(key: str, title: str, text: str) -> Step:
    """This stops the call."""
    return Step(key, title, "missing", text)


def unknown(key: str, title: str, text: str, *, decides: bool = True) -> Step:
    """This could not be found out."""
    return Step(key, title, "unknown", text, decides)


def note(key: str, title: str, text: str) -> Step:
    """This does not stop the call by itself, but is worth knowing."""
    return Step(key, title, "note", text)
