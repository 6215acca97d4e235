"""Two schemas side by side: what differs, and whether a caller of the first would break on the second.

A request breaks when something that was accepted may be refused; a response when something that was promised may be
missing or of another kind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from web.openapi.document import EntitySchema
from web.openapi.fields import Field, fields_of

Side = Literal["request", "response"]


@dataclass(frozen=True)
class Difference:
    """One difference. `breaking`: callers of `before` may fail; `text` says why in one sentence; None: not there."""

    side: Side
    path: str
    before: str | None
    after: str | None
    breaking: bool
    text: str


def compare(before: EntitySchema, after: EntitySchema) -> tuple[Difference, ...]:
    """All differences, breaking ones first, else in the order of the fields."""
    found = [*_requests(before, after), *_side("response", _flat(before.response), _flat(after.response))]
    return tuple(sorted(found, key=lambda one: not one.breaking))


def breaking(before: EntitySchema, after: EntitySchema) -> tuple[Difference, ...]:
    """Only what may break callers of `before`."""
    return tuple(one for one in compare(before, after) if one.breaking)


def _requests(before: EntitySchema, after: EntitySchema) -> Iterator[Difference]:
    old = {way.key: way.schema for way in before.alternatives}
    new = {way.key: way.schema for way in after.alternatives}
    for key in old.keys() - new.keys():
        yield Difference("request", key, "accepted", None, True, f"'{key}' is no longer accepted.")
    for key in new.keys() - old.keys():
        yield Difference("request", key, None, "accepted", False, f"'{key}' is accepted as well.")
    for key in (key for key in old if key in new):
        yield from _side("request", _flat(old[key]), _flat(new[key]))


def _flat(schema: dict[str, Any]) -> dict[str, Field]:
    found: dict[str, Field] = {}

    def walk(fields: tuple[Field, ...]) -> None:
        for one in fields:
            if not _is_place(one):
                found.setdefault(one.path, one)
            walk(one.children)

    walk(fields_of(schema) if schema else ())
    return found


def _is_place(field: Field) -> bool:
    """Places of a row move when a column comes or goes; the same change is told by the columns and the records."""
    return field.path.endswith("]") and not field.path.endswith("[]")


def _side(side: Side, old: dict[str, Field], new: dict[str, Field]) -> Iterator[Difference]:
    for path, field in old.items():
        if path not in new:
            yield _gone(side, path, field)
        else:
            yield from _changes(side, path, field, new[path])
    for path, field in new.items():
        if path not in old and _parent(path) in {*old, ""}:
            yield _added(side, path, field)


def _parent(path: str) -> str:
    return path.rpartition(".")[0].removesuffix("[]")


def _gone(side: Side, path: str, field: Field) -> Difference:
    text = "is not taken any more" if side == "request" else "is not in the answer any more"
    return Difference(side, path, _words(field), None, True, f"'{path}' {text}.")


def _added(side: Side, path: str, field: Field) -> Difference:
    must = side == "request" and field.required
    text = "is new and required" if must else "is new" + (" and optional" if side == "request" else "")
    return Difference(side, path, None, _words(field), must, f"'{path}' {text}.")


def _changes(side: Side, path: str, old: Field, new: Field) -> Iterator[Difference]:
    if (old.type, old.format) != (new.type, new.format):
        breaks = not _fits(old, new) if side == "request" else not _fits(new, old)
        yield Difference(side, path, _words(old), _words(new), breaks, f"The type of '{path}' changed.")
    yield from _presence(side, path, old, new)
    yield from _values(side, path, old, new)
    if old.limits != new.limits:
        texts = ", ".join(old.limits) or "no limits", ", ".join(new.limits) or "no limits"
        tighter = bool(set(new.limits) - set(old.limits)) if side == "request" else False
        yield Difference(side, path, *texts, tighter, f"The limits of '{path}' changed.")
    if old.default != new.default:
        text = f"The default of '{path}' changed."
        yield Difference(side, path, old.default or None, new.default or None, False, text)


def _presence(side: Side, path: str, old: Field, new: Field) -> Iterator[Difference]:
    if old.required != new.required:
        breaks = new.required if side == "request" else old.required
        words = ("required", "optional") if old.required else ("optional", "required")
        yield Difference(side, path, *words, breaks, f"'{path}' is {words[1]} now.")
    if old.nullable != new.nullable:
        breaks = old.nullable if side == "request" else new.nullable
        words = ("may be null", "never null") if old.nullable else ("never null", "may be null")
        yield Difference(side, path, *words, breaks, f"'{path}' {words[1].replace('never', 'is never')} now.")


def _values(side: Side, path: str, old: Field, new: Field) -> Iterator[Difference]:
    if set(old.values) == set(new.values):
        return
    lost, gained = set(old.values) - set(new.values), set(new.values) - set(old.values)
    free_before, free_after = not old.values, not new.values
    narrower, wider = bool(lost and not free_after) or free_before, bool(gained and not free_before) or free_after
    texts = ", ".join(old.values) or "any", ", ".join(new.values) or "any"
    yield Difference(side, path, *texts, narrower if side == "request" else wider, f"The values of '{path}' changed.")


def _fits(narrow: Field, wide: Field) -> bool:
    """Whether every value of `narrow` is one of `wide`, as far as types and formats tell."""
    small, large = set(narrow.type.split(" or ")), set(wide.type.split(" or "))
    if "anything" in large:
        return True
    if not all(kind in large or (kind == "integer" and "number" in large) for kind in small):
        return False
    return (narrow.format, wide.format) not in (("int64", "int32"), ("double", "float"))


def _words(field: Field) -> str:
    return field.type + (f" ({field.format})" if field.format else "") + (", required" if field.required else "")
