"""The page of all errors: what the workspace refuses, what people meet, why updates fail."""

from dataclasses import dataclass

from web.workspace.doctor import RULES
from web.workspace.doctor.case import in_general
from web.workspace.hints import HINTS, NONE, Hint, hint_for
from web.workspace.situations import SITUATIONS

CERTAINTY = {"certain": "When the portal names it, it is certain.", "likely": "The portal calls it likely.",
             "possible": "The portal calls it possible."}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """Errors of one sort. `key` is the id of its heading."""

    key: str
    title: str
    lead: str
    entries: list[Hint]


@dataclass(frozen=True)
class HelpView:
    """The page. `asked` is the entry for the error somebody came from, None without."""

    groups: list[Group]
    asked: Hint | None
    q: str


def view(q: str, status: int, code: str, message: str) -> HelpView:
    """All entries that contain the words `q`, and the one that fits an error."""
    asked = hint_for(status, code, message) if status else NONE
    groups = [
        Group("refusals", "What the workspace refuses", "With its status and code.", list(HINTS)),
        Group("situations", "What looks wrong", "No refusal, and still not what was expected.", list(SITUATIONS)),
        Group("updates", "Why an update fails", "Looked for by the portal in state and logs.", _causes()),
    ]
    found = [Group(g.key, g.title, g.lead, [one for one in g.entries if _has(one, q)]) for g in groups]
    return HelpView([group for group in found if group.entries], asked if asked is not NONE else None, q)


def _causes() -> list[Hint]:
    told = {rule.key: in_general(rule) for rule in reversed(RULES)}
    return [
        Hint(title=_title(key), text=one.step, command=one.command, cause=one.cause, seen=CERTAINTY[one.sure])
        for key, one in reversed(told.items())
    ]


def _title(key: str) -> str:
    words = key.replace("-", " ").replace("gpu", "GPU").replace("cuda", "CUDA").replace("python", "Python")
    return words[0].upper() + words[1:]


def _has(entry: Hint, q: str) -> bool:
    text = " ".join((entry.title, entry.text, entry.cause, entry.seen, entry.code, entry.command)).casefold()
    return all(word in text for word in q.casefold().split())
