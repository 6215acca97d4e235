"""Models over arrays: `inputs` (column-wise) or `instances` (row-wise), as in TensorFlow Serving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from web.emulator.models import checks, frames
from web.emulator.models.base import Context, InputError, Model, Payload
from web.emulator.models.signature import Signature, Tensor
from web.emulator.models.tabular import weight

Formula = Callable[[list[float]], Any]


class TensorModel(Model):
    """Applies `formula` to each example (the numbers of all its tensors, flattened in the signature's order)."""

    def __init__(self, signature: Signature, formula: Formula | None = None) -> None:
        self.signature: Signature = signature
        self._formula = formula or _by_weights

    async def answer(self, payload: Payload, ctx: Context) -> Payload:
        """`{"predictions": [...]}`, one entry per example. Raises InputError for a wrong name, shape or dtype."""
        form = frames.form_of(payload)
        if form not in ("inputs", "instances"):
            raise InputError("This model contains a tensor-based model signature: use 'inputs' or 'instances'.")
        checks.check_params(payload.get("params"), self.signature)
        arrays = self._arrays(payload[form], by_row=form == "instances")
        examples = zip(*arrays, strict=True) if arrays else []
        return {
            "predictions": [
                self._formula([number for part in example for number in flat(part)]) for example in examples
            ]
        }

    def _arrays(self, data: Any, *, by_row: bool) -> list[list[Any]]:
        tensors = self.signature.tensors
        if len(tensors) == 1 and not tensors[0].name:
            columns: dict[str | None, Any] = {None: data}
        elif by_row:
            columns = _turned(data)
        else:
            columns = data if isinstance(data, dict) else {tensors[0].name: data}
        missing = [tensor.name for tensor in tensors if tensor.name not in columns]
        if missing:
            raise checks.schema_error(f"Model is missing inputs {missing}.")
        arrays = [check(columns[tensor.name], tensor) for tensor in tensors]
        if len({len(array) for array in arrays}) > 1:
            raise checks.schema_error("All tensors must have the same number of examples.")
        return arrays


def _turned(data: Any) -> dict[Any, list[Any]]:
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise checks.schema_error("'instances' must be a list of objects, because the model has named tensors.")
    names = list(dict.fromkeys(name for row in data for name in row))
    if any(set(row) != set(names) for row in data):
        raise checks.schema_error("All instances must have the same names.")
    return {name: [row[name] for row in data] for name in names}


def check(array: Any, tensor: Tensor) -> list[Any]:
    """The array when it has the tensor's shape and type. Raises InputError."""
    found = shape(array, tensor.name)
    fits = len(found) == len(tensor.shape) and all(
        want in (-1, have) for want, have in zip(tensor.shape, found, strict=False)
    )
    if not fits:
        raise checks.schema_error(f"Shape of input {found} does not match expected shape {tensor.shape}.")
    _check_types(array, tensor)
    checked: list[Any] = array
    return checked


def shape(array: Any, name: str | None = None) -> tuple[int, ...]:
    """The shape of nested lists. Raises InputError when they are ragged."""
    if not isinstance(array, list):
        return ()
    inner = {shape(item, name) for item in array}
    if len(inner) > 1:
        raise checks.schema_error(f"Input {name or ''} is ragged: its rows differ in length.")
    return (len(array), *(inner.pop() if inner else ()))


def _check_types(array: Any, tensor: Tensor) -> None:
    for value in flat(array, raw=True):
        text, real = tensor.dtype in ("str", "object", "string"), isinstance(value, int | float)
        whole = not tensor.dtype.startswith(("int", "uint")) or (real and float(value).is_integer())
        if (text and not isinstance(value, str)) or (not text and not real) or not whole:
            raise checks.schema_error(
                f"dtype of input {type(value).__name__} does not match expected dtype {tensor.dtype}."
            )


def flat(value: Any, *, raw: bool = False) -> list[Any]:
    """The leaves of nested lists; texts count by their length unless `raw`."""
    if isinstance(value, list):
        return [leaf for item in value for leaf in flat(item, raw=raw)]
    return [value if raw or not isinstance(value, str) else len(value)]


def _by_weights(numbers: list[float]) -> float:
    return round(sum(weight(f"x{place}") * number for place, number in enumerate(numbers)), 9)
