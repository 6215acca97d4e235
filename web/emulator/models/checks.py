"""Do the values of a payload fit a signature? With the messages of MLflow's schema enforcement."""

from __future__ import annotations

import base64
import binascii
import math
from datetime import datetime
from typing import Any

from web.emulator.models.base import InputError
from web.emulator.models.signature import Column, Param, Signature

_RANGES = {"integer": 2**31, "long": 2**63}
_NUMPY = {
    "integer": "int32", "long": "int64", "float": "float32", "double": "float64", "boolean": "bool", "string": "object",
    "binary": "object", "datetime": "datetime64[ns]",
}  # fmt: skip


def schema_error(detail: str) -> InputError:
    """The error MLflow gives when a payload does not fit the logged schema."""
    return InputError(f"Failed to enforce schema of the input data with the model's schema. Error: {detail}")


def check_rows(rows: list[dict[str, Any]], columns: tuple[Column, ...]) -> list[dict[str, Any]]:
    """Rows with the signature's columns only, in its order, cast to its types. Raises InputError."""
    present = {name for row in rows for name in row}
    missing = [str(column.name) for column in columns if column.required and column.name not in present]
    if rows and missing:
        raise schema_error(f"Model is missing inputs {missing}.")
    return [
        {str(column.name): cast(row.get(str(column.name)), column, str(column.name)) for column in columns}
        for row in rows
    ]


def cast(value: Any, column: Column, path: str) -> Any:
    """One value in the column's type. None is NaN for floats, allowed where the column is optional, else refused."""
    if value is None:
        if not column.required or column.type == "any":
            return None
        if column.type in ("float", "double"):
            return math.nan
        raise schema_error(
            f"Incompatible input types for column {path}. Can not safely convert None to {_word(column)}."
        )
    if column.type == "array":
        if not isinstance(value, list):
            raise _mismatch(value, column, path)
        inner = column.items or Column(None, "any")
        return [cast(item, inner, f"{path}[{place}]") for place, item in enumerate(value)]
    if column.type == "object":
        if not isinstance(value, dict):
            raise _mismatch(value, column, path)
        return check_rows([value], column.properties)[0]
    return _cast_scalar(value, column, path)


def _word(column: Column) -> str:
    return _NUMPY.get(column.type, column.type)


def _mismatch(value: Any, column: Column, path: str) -> InputError:
    given = {bool: "bool", int: "int64", float: "float64", str: "object", list: "list", dict: "dict"}.get(
        type(value), "object"
    )
    return schema_error(
        f"Incompatible input types for column {path}. Can not safely convert {given} to {_word(column)}."
    )


def _cast_scalar(value: Any, column: Column, path: str) -> Any:
    kind = column.type
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "any" or (kind == "boolean" and isinstance(value, bool)):
        return value
    if kind in ("float", "double") and number:
        return float(value)
    if kind in _RANGES and number and float(value).is_integer() and -_RANGES[kind] <= value < _RANGES[kind]:
        return int(value)
    if kind in ("string", "binary", "datetime") and isinstance(value, str) and _readable(value, kind):
        return value
    raise _mismatch(value, column, path)


def _readable(value: str, kind: str) -> bool:
    try:
        if kind == "datetime":
            datetime.fromisoformat(value)
        elif kind == "binary":
            base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error):
        return False
    return True


def check_params(said: Any, signature: Signature | None) -> dict[str, Any]:
    """The parameters with their defaults filled in; unknown ones are ignored, as MLflow does. Raises InputError."""
    known = signature.params if signature else ()
    if said is None:
        said = {}
    if not isinstance(said, dict):
        raise InputError(f"Parameters must be a dictionary. Got type '{type(said).__name__}'.")
    return {param.name: _param(said[param.name], param) if param.name in said else param.default for param in known}


def _param(value: Any, param: Param) -> Any:
    scalar = Column(param.name, param.type)
    try:
        return cast(value, Column(param.name, "array", True, scalar) if param.shape else scalar, param.name)
    except InputError as error:
        what = f"value {value!r} from type {type(value).__name__}"
        detail = f"Failed to convert {what} to {param.type} for param '{param.name}'"
        raise InputError(detail) from error
