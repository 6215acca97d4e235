"""JSON columns as text, parsed once: fast enough to walk a long chain, and the same as the tables' own reading.

While it parses, a Reader notices numbers that RFC 8785 writes in its own way; without any, the standard encoder's text
is canonical but for characters beyond ASCII.
"""

import json
from typing import Any

from sqlalchemy import JSON, Select, Table, Text, cast, select

# More digits may lie beyond 2^53.
DIGITS = 15


class Reader:
    """`read` answers a column's value; `odd` is whether numbers in the last one need the canonical writer itself."""

    def __init__(self) -> None:
        self.odd = True  # nothing was read yet
        decoder = json.JSONDecoder(parse_float=self._float, parse_int=self._int, parse_constant=self._constant)
        self._scan = decoder.scan_once  # type: ignore[attr-defined]

    def read(self, text: str | None) -> Any:
        """The value of a column's text, None for NULL. Raises ValueError for what is no JSON."""
        self.odd = False
        if text is None:
            return None
        try:
            value, end = self._scan(text, 0)
        except StopIteration:
            end = -1
        return value if end == len(text) else json.loads(text)

    def _float(self, text: str) -> float:
        self.odd = True
        return float(text)

    def _int(self, text: str) -> int:
        self.odd = self.odd or len(text) > DIGITS
        return int(text)

    def _constant(self, text: str) -> float:
        self.odd = True
        return float(text)


def as_text(table: Table) -> Select[Any]:
    """Every row of a table, its JSON columns as the text they are."""
    return select(*(cast(c, Text).label(c.name) if isinstance(c.type, JSON) else c for c in table.columns))


def whole(moment: Any) -> bool:
    """Whether a number of the row itself is written the same by both encoders."""
    return type(moment) is int and len(str(moment)) <= DIGITS
