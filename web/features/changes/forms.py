"""What the Review page sends: a draft as it was seen, with the warnings that were ticked; and the conflict form: `path`
once per field, `choice-<place>` beside it, or `all` for every field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form
from starlette.datastructures import FormData
from starlette.requests import Request

from web.changes.merge import Choice

SIDES = ("live", "mine")
DraftField = Annotated[str, Form(max_length=64)]


@dataclass(frozen=True)
class Seen:
    """One's `draft`, the hash of the live state that Review showed, and the codes of the warnings accepted there."""

    draft: str
    seen: str
    accepted: frozenset[str]


def _seen(
    draft: DraftField,
    seen: Annotated[str, Form(max_length=64)] = "",
    acknowledge: Annotated[list[str] | None, Form()] = None,
) -> Seen:
    return Seen(draft, seen, frozenset(acknowledge or ()))


SeenDep = Annotated[Seen, Depends(_seen)]


async def _form(request: Request) -> FormData:
    return await request.form()


FormDep = Annotated[FormData, Depends(_form)]


def choices_in(form: FormData) -> dict[str, Choice]:
    """Path → "live" or "mine"; fields that were left undecided are not in it."""
    paths = [str(path) for path in form.getlist("path")]
    return {path: side for place, path in enumerate(paths) if (side := _side(form, place))}


def _side(form: Mapping[str, object], place: int) -> str:
    side = str(form.get("all") or form.get(f"choice-{place}") or "")
    return side if side in SIDES else ""
