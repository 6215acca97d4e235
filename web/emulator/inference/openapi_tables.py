"""Schemas over tables and arrays: dataframe_split, dataframe_records, inputs, instances, params, predictions."""

from __future__ import annotations

from typing import Any

from web.emulator.models.signature import Column, Param, Signature, Tensor

Schema = dict[str, Any]
_TYPES: dict[str, Schema] = {
    "long": {"type": "integer", "format": "int64"}, "integer": {"type": "integer", "format": "int32"},
    "double": {"type": "number", "format": "double"}, "float": {"type": "number", "format": "float"},
    "boolean": {"type": "boolean"}, "string": {"type": "string"}, "binary": {"type": "string", "format": "binary"},
    "datetime": {"type": "string", "format": "date-time"},
}  # fmt: skip
_EXAMPLES: dict[str, Any] = {
    "long": 3, "integer": 2, "double": 10.4, "float": 1.5, "boolean": True, "string": "abc", "binary": "YWJj",
    "datetime": "2026-01-31T12:00:00", "any": "abc",
}  # fmt: skip


def column_schema(column: Column) -> Schema:
    """A column's value."""
    if column.type == "array":
        schema: Schema = {"type": "array", "items": column_schema(column.items) if column.items else {}}
    elif column.type == "object":
        needed = [member.name for member in column.properties if member.required]
        members = {str(member.name): column_schema(member) for member in column.properties}
        schema = {"type": "object", **({"required": needed} if needed else {}), "properties": members}
    else:
        schema = dict(_TYPES.get(column.type, {}))
    return schema if column.required or not schema else {**schema, "nullable": True}


def example(column: Column) -> Any:
    """A value that fits a column."""
    if column.type == "array":
        return [example(column.items)] if column.items else []
    if column.type == "object":
        return {str(member.name): example(member) for member in column.properties}
    return _EXAMPLES[column.type]


def tabular_request(signature: Signature, strict: bool) -> Schema:
    """oneOf dataframe_split and dataframe_records, each with the params."""
    columns = signature.columns
    names = [str(column.name) for column in columns]
    needed = [str(column.name) for column in columns if column.required]
    values = [example(column) for column in columns]
    named = {
        "description": f"required fields: {', '.join(needed)}",
        "type": "array",
        "items": {"type": "string", "enum": names},
    }
    rows = {"type": "array", "items": {"type": "array", "prefixItems": [column_schema(column) for column in columns]}}
    split = {"type": "object", "required": ["columns", "data"], "properties": {"columns": named, "data": rows}}
    members = {str(column.name): column_schema(column) for column in columns}
    record = {"type": "object", "required": needed, "properties": members}
    records = {"type": "array", "items": record}
    return {
        "oneOf": [
            _alternative("dataframe_split", split, {"columns": names, "data": [values]}, signature, strict),
            _alternative("dataframe_records", records, [dict(zip(names, values, strict=True))], signature, strict),
        ]
    }


def _alternative(key: str, schema: Schema, sample: Any, signature: Signature, strict: bool) -> Schema:
    params = {"params": params_schema(signature.params)} if signature.params else {}
    required = {"required": [key]} if strict else {}
    return {"type": "object", **required, "properties": {key: schema, **params}, "examples": [{key: sample}]}


def params_schema(params: tuple[Param, ...]) -> Schema:
    """The inference parameters with their defaults."""
    return {"type": "object", "properties": {param.name: _param(param) for param in params}}


def _param(param: Param) -> Schema:
    inner = dict(_TYPES.get(param.type, {}))
    schema: Schema = {"type": "array", "items": inner} if param.shape else inner
    return {**schema, "default": param.default}


def _tensor_value(dtype: str) -> Schema:
    if dtype.startswith(("int", "uint")):
        return {"type": "integer", "format": dtype if dtype in ("int32", "int64") else "unknown"}
    if dtype.startswith("float"):
        return {"type": "number", "format": "double" if dtype == "float64" else "float"}
    return {"type": "boolean"} if dtype == "bool" else {"type": "string"}


def tensor_schema(tensor: Tensor, shape: tuple[int, ...] | None = None) -> Schema:
    """Nested arrays; a fixed dimension has its length as bounds."""
    schema = _tensor_value(tensor.dtype)
    for size in reversed(tensor.shape if shape is None else shape):
        bounds = {"minItems": size, "maxItems": size} if size >= 0 else {}
        schema = {"type": "array", "items": schema, **bounds}
    return schema


def tensor_example(tensor: Tensor, shape: tuple[int, ...]) -> Any:
    """Nested lists of that shape; a free dimension has one entry."""
    if not shape:
        schema = _tensor_value(tensor.dtype)
        return {"integer": 1, "number": 0.5, "boolean": True}.get(schema["type"], "abc")
    return [tensor_example(tensor, shape[1:]) for _ in range(max(shape[0], 1))]


def tensor_request(signature: Signature, strict: bool) -> Schema:
    """oneOf inputs (a list per tensor) and instances (an object per example)."""
    tensors = signature.tensors
    if len(tensors) == 1 and not tensors[0].name:
        whole, sample = tensor_schema(tensors[0]), tensor_example(tensors[0], tensors[0].shape)
        ways = {"inputs": (whole, sample), "instances": (whole, sample)}
    else:
        ways = {"inputs": _named(tensors), "instances": _by_row(tensors)}
    return {"oneOf": [_alternative(key, schema, sample, signature, strict) for key, (schema, sample) in ways.items()]}


def _named(tensors: tuple[Tensor, ...]) -> tuple[Schema, Any]:
    members = {str(tensor.name): tensor_schema(tensor) for tensor in tensors}
    sample = {str(tensor.name): tensor_example(tensor, tensor.shape) for tensor in tensors}
    return {"type": "object", "required": list(members), "properties": members}, sample


def _by_row(tensors: tuple[Tensor, ...]) -> tuple[Schema, Any]:
    members = {str(tensor.name): tensor_schema(tensor, tensor.shape[1:]) for tensor in tensors}
    sample = [{str(tensor.name): tensor_example(tensor, tensor.shape[1:]) for tensor in tensors}]
    return {"type": "array", "items": {"type": "object", "required": list(members), "properties": members}}, sample


def predictions(signature: Signature) -> Schema:
    """The 200 body: a list with one prediction per row or example."""
    outputs = signature.outputs
    if not outputs:
        item: Schema = {}
    elif isinstance(outputs[0], Tensor):
        item = tensor_schema(outputs[0], outputs[0].shape[1:])
    elif len(outputs) == 1 and not outputs[0].name:
        item = column_schema(outputs[0])
    else:
        item = {
            "type": "object",
            "properties": {str(out.name): column_schema(out) for out in outputs if isinstance(out, Column)},
        }
    return {"type": "object", "properties": {"predictions": {"type": "array", "items": item}}}
