"""The four ways to hand data to MLflow's scoring server, and CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

from web.emulator.models.base import InputError, Payload
from web.emulator.models.signature import Column

FORMATS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_KEYS = "{'dataframe_records', 'dataframe_split', 'inputs', 'instances'}"


def form_of(payload: Payload) -> str:
    """Which of the four formats a payload uses. Raises InputError unless it is exactly one."""
    used = [key for key in FORMATS if key in payload]
    if len(used) != 1:
        raise InputError(
            f"The input must be a JSON dictionary with exactly one of the input fields {_KEYS}. "
            f"Received dictionary with input fields: {sorted(payload)}."
        )
    return used[0]


def rows(payload: Payload) -> list[dict[str, Any]]:
    """The payload as a list of records. Raises InputError when it is no table."""
    form = form_of(payload)
    data = payload[form]
    if form == "dataframe_split":
        return _split(data)
    if form == "inputs" and isinstance(data, dict):
        return _by_column(data)
    if isinstance(data, list) and all(isinstance(row, dict) for row in data):
        return data
    raise InputError(f"Provided {form} field is not a valid list of records for a model with a column-based signature.")


def _split(data: Any) -> list[dict[str, Any]]:
    if not isinstance(data, dict) or not isinstance(data.get("data"), list):
        raise InputError("Provided dataframe_split field is not a valid dataframe representation in 'split' format.")
    lines = data["data"]
    names = data.get("columns")
    if not isinstance(names, list):
        raise InputError("Provided dataframe_split field needs 'columns', because the model has named inputs.")
    for line in lines:
        if not isinstance(line, list) or len(line) != len(names):
            raise InputError(
                f"{len(names)} columns passed, passed data had {len(line) if isinstance(line, list) else 1} columns"
            )
    return [dict(zip(map(str, names), line, strict=True)) for line in lines]


def _by_column(data: dict[str, Any]) -> list[dict[str, Any]]:
    if not all(isinstance(values, list) for values in data.values()):
        return [data]
    if len({len(values) for values in data.values()}) > 1:
        raise InputError("Failed to parse input data: all columns of 'inputs' must have the same length.")
    return [dict(zip(data, line, strict=True)) for line in zip(*data.values(), strict=True)]


def from_csv(text: str, columns: tuple[Column, ...]) -> Payload:
    """A CSV with a header as `dataframe_split`; cells are read by the column's type, an empty cell is null."""
    lines = [line for line in csv.reader(io.StringIO(text)) if line]
    if not lines:
        raise InputError(
            "Failed to parse input as a Pandas DataFrame. Ensure that the input is a valid CSV formatted string."
        )
    types = {column.name: column.type for column in columns}
    header = lines[0]
    return {"dataframe_split": {"columns": header, "data": [_cells(line, header, types) for line in lines[1:]]}}


def _cells(line: list[str], header: list[str], types: dict[str | None, str]) -> list[Any]:
    return [_cell(cell, types.get(name, "string")) for name, cell in zip(header, line, strict=False)]


def _cell(cell: str, kind: str) -> Any:
    if cell == "":
        return None
    if kind == "boolean" and cell.lower() in ("true", "false"):
        return cell.lower() == "true"
    try:
        return int(cell) if kind in ("integer", "long") else float(cell) if kind in ("float", "double") else cell
    except ValueError:
        return cell
