"""Models over tables: rows in, one prediction per row out, by real arithmetic."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

from web.emulator.models import checks, frames
from web.emulator.models.base import Context, Model, Payload
from web.emulator.models.signature import Column, Signature, Tensor

Row = dict[str, Any]
Formula = Callable[[Row, Row], Any]


class TabularModel(Model):
    """A model with a column signature (or none) that applies `formula(row, params)` to every row."""

    def __init__(self, signature: Signature | None, formula: Formula | None = None) -> None:
        self.signature = signature
        self._formula = formula or self._by_weights

    async def answer(self, payload: Payload, ctx: Context) -> Payload:
        """`{"predictions": [...]}`, one entry per row. Raises InputError when the payload does not fit."""
        rows = frames.rows(payload)
        params = checks.check_params(payload.get("params"), self.signature)
        checked = checks.check_rows(rows, self.signature.columns) if self.signature else rows
        return {"predictions": [self._formula(row, params) for row in checked]}

    def _by_weights(self, row: Row, params: Row) -> Any:
        score = weigh({**row, **{f"param:{name}": value for name, value in params.items()}})
        outputs: tuple[Column | Tensor, ...] = self.signature.outputs if self.signature else ()
        if len(outputs) == 1 and not outputs[0].name:
            return shaped(score, outputs[0])
        named = {str(output.name): shaped(score + place, output) for place, output in enumerate(outputs)}
        return named or score


def weight(name: str) -> float:
    """A weight between -1 and 1 that only depends on the name."""
    return (zlib.crc32(name.encode()) % 2001 - 1000) / 1000


def weigh(row: Row) -> float:
    """A linear score of a row: every value as a number times the weight of its name."""
    return sum(weight(name) * _as_number(value) for name, value in row.items())


def _as_number(value: Any) -> float:
    if isinstance(value, bool | int | float):
        return float(value)
    return float(len(value if isinstance(value, str) else json.dumps(value))) if value is not None else 0.0


def shaped(score: float, output: Column | Tensor) -> Any:
    """A score in the type an output column promises."""
    kind = output.type if isinstance(output, Column) else "double"
    if kind in ("integer", "long"):
        return int(score) if score == score else 0
    if kind == "string":
        return "high" if score > 0 else "low"
    if kind == "array":
        return [score]
    return score > 0 if kind == "boolean" else score
