"""The submitted conflict form: `path` once per field, `choice-<place>` beside it, or `all` for every field."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends
from starlette.datastructures import FormData
from starlette.requests import Request

from web.changes.merge import Choice

SIDES = ("live", "mine")


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
