"""Model signatures as MLflow logs them: typed columns or tensors, outputs and params.

The JSON form read and written here is that of an `MLmodel` file: three JSON arrays under `inputs`, `outputs`, `params`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COLUMN_TYPES = (
    "boolean",
    "integer",
    "long",
    "float",
    "double",
    "string",
    "binary",
    "datetime",
    "array",
    "object",
    "any",
)


@dataclass(frozen=True)
class Column:
    """One column of a table: an MLflow data type; `items` for arrays, `properties` for objects."""

    name: str | None
    type: str
    required: bool = True
    items: Column | None = None
    properties: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Tensor:
    """A numpy array: `dtype` such as float32; `shape` with -1 for a free dimension."""

    name: str | None
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Param:
    """An inference parameter with its default; `shape` is (-1,) for a list."""

    name: str
    type: str
    default: Any
    shape: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Signature:
    """What a model takes and gives. Inputs are all columns or all tensors."""

    inputs: tuple[Column, ...] | tuple[Tensor, ...]
    outputs: tuple[Column, ...] | tuple[Tensor, ...] = ()
    params: tuple[Param, ...] = ()

    @property
    def is_tensor(self) -> bool:
        """True when the model takes arrays rather than tables."""
        return bool(self.inputs) and isinstance(self.inputs[0], Tensor)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The input columns; empty for a tensor signature."""
        return tuple(item for item in self.inputs if isinstance(item, Column))

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """The input tensors; empty for a tabular signature."""
        return tuple(item for item in self.inputs if isinstance(item, Tensor))


def columns(**types: str) -> tuple[Column, ...]:
    """Columns from `name="type"`; a type ending in `?` is optional."""
    return tuple(Column(name, kind.rstrip("?"), not kind.endswith("?")) for name, kind in types.items())


def from_mlflow(document: Mapping[str, Any]) -> Signature:
    """Read the MLmodel form. Raises ValueError on an unknown type or a mixed signature."""
    inputs = [_read_field(item) for item in _array(document.get("inputs"))]
    outputs = [_read_field(item) for item in _array(document.get("outputs"))]
    if len({type(item) for item in inputs}) > 1:
        raise ValueError("A signature has either columns or tensors, not both.")
    params = tuple(_read_param(item) for item in _array(document.get("params")))
    return Signature(tuple(inputs), tuple(outputs), params)  # type: ignore[arg-type]


def _array(value: Any) -> list[dict[str, Any]]:
    parsed = json.loads(value) if isinstance(value, str) else value
    if parsed is None:
        return []
    if not isinstance(parsed, list):
        raise ValueError("A signature section is a JSON array.")
    return parsed


def _read_field(item: Mapping[str, Any]) -> Column | Tensor:
    if item.get("type") == "tensor":
        spec = item["tensor-spec"]
        return Tensor(item.get("name"), str(spec["dtype"]), tuple(int(size) for size in spec["shape"]))
    return _read_column(item.get("name"), item)


def _read_column(name: str | None, item: Mapping[str, Any]) -> Column:
    kind = str(item["type"])
    if kind not in COLUMN_TYPES:
        raise ValueError(f"Unknown column type '{kind}'.")
    inner = _read_column(None, item["items"]) if kind == "array" else None
    members = tuple(_read_column(key, value) for key, value in item.get("properties", {}).items())
    return Column(name, kind, bool(item.get("required", True)), inner, members)


def _read_param(item: Mapping[str, Any]) -> Param:
    shape = item.get("shape")
    kind = str(item.get("type", item.get("dtype")))
    return Param(str(item["name"]), kind, item.get("default"), tuple(shape) if shape else None)


def to_mlflow(signature: Signature) -> dict[str, Any]:
    """The MLmodel form of a signature; `from_mlflow(to_mlflow(s)) == s`."""
    return {
        "inputs": json.dumps([_write_field(item) for item in signature.inputs]),
        "outputs": json.dumps([_write_field(item) for item in signature.outputs]),
        "params": json.dumps([_write_param(item) for item in signature.params]),
    }


def _write_field(item: Column | Tensor) -> dict[str, Any]:
    named = {"name": item.name} if item.name else {}
    if isinstance(item, Tensor):
        return {**named, "type": "tensor", "tensor-spec": {"dtype": item.dtype, "shape": list(item.shape)}}
    written: dict[str, Any] = {**named, "type": item.type, "required": item.required}
    if item.items:
        written["items"] = _write_field(item.items)
    if item.properties:
        written["properties"] = {member.name: _write_field(member) for member in item.properties}
    return written


def _write_param(item: Param) -> dict[str, Any]:
    return {
        "name": item.name,
        "type": item.type,
        "default": item.default,
        "shape": list(item.shape) if item.shape else None,
    }
