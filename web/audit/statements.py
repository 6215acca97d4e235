"""The writer's SQL, made once from the tables: a model and a session for each row cost ten times what the disk does."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import Dialect, Executable, Table, bindparam, insert, select, text, update
from sqlalchemy.types import JSON
from sqlmodel import SQLModel

Model = type[SQLModel]


@dataclass(frozen=True)
class Statement:
    """SQL as the driver takes it. `order`: the names of its placeholders, where they have none themselves."""

    sql: str
    order: tuple[str, ...] | None

    def bound(self, values: Mapping[str, Any]) -> Any:
        """The values in the form its placeholders ask for. KeyError: one is missing."""
        return values if self.order is None else [values[name] for name in self.order]


class Statements:
    """Those of one database."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.insert = cache(self._insert)
        self.where = cache(self._where)
        self.update = cache(self._update)
        self.said = cache(self._said)

    def _made(self, clause: Executable) -> Statement:
        compiled = clause.compile(dialect=self.dialect)  # type: ignore[attr-defined]
        order = compiled.positiontup
        return Statement(str(compiled), None if order is None else tuple(order))

    def _insert(self, model: Model) -> Statement:
        """A row; answers its key."""
        kept = table(model)
        return self._made(insert(kept).values(_places(columns(model))).returning(*kept.primary_key.columns))

    def _where(self, model: Model, names: tuple[str, ...], asked: tuple[str, ...]) -> Statement:
        """The rows that have these values: what is asked of them, or all."""
        kept = table(model)
        found = select(*(kept.c[name] for name in asked or kept.c.keys()))
        return self._made(found.where(*(kept.c[name] == bindparam(name) for name in names)))

    def _update(self, model: Model, names: tuple[str, ...]) -> Statement:
        """The row with this `_id` gets these values."""
        kept = table(model)
        return self._made(update(kept).where(kept.c.id == bindparam("_id")).values(_places(names)))

    def _said(self, words: str) -> Statement:
        """SQL written by hand, its placeholders as in :name."""
        return self._made(text(words))


def _places(names: tuple[str, ...]) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


def table(model: Model) -> Table:
    """The table of a model."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]


@cache
def columns(model: Model) -> tuple[str, ...]:
    """What is written of a row: all but a number that the database counts up."""
    return tuple(c.name for c in table(model).columns if c.autoincrement is not True)


@cache
def documents(model: Model) -> frozenset[str]:
    """The columns that hold JSON."""
    return frozenset(c.name for c in table(model).columns if isinstance(c.type, JSON))


def fields(row: SQLModel) -> dict[str, Any]:
    """What is written of this row."""
    return {name: getattr(row, name) for name in columns(type(row))}
