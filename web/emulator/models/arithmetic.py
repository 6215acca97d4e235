"""Exact evaluation of the small sums people type into a prompt, without `eval`."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable

Number = int | float
_OPERATORS: dict[type[ast.AST], Callable[..., Number]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
_SUM = re.compile(r"[-+(\d][-+*/%().\d\s^x×÷]*[\d)]")
_LARGEST_POWER = 64


def find(text: str) -> tuple[str, Number] | None:
    """The first sum in a text with its value, e.g. `("17 * 23", 391)`; None when there is none."""
    for match in _SUM.finditer(text):
        said = match.group().strip()
        if not re.search(r"\d\s*[-+*/%^x×÷]", said):
            continue
        value = evaluate(said)
        if value is not None:
            return said, value
    return None


def evaluate(said: str) -> Number | None:
    """The value of a sum; None when it is not one, divides by zero or is absurdly large."""
    source = said.replace("×", "*").replace("x", "*").replace("÷", "/").replace("^", "**")
    try:
        return _value(ast.parse(source.strip(), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, KeyError):
        return None


def _value(node: ast.AST) -> Number:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.UnaryOp):
        return _OPERATORS[type(node.op)](_value(node.operand))
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left), _value(node.right)
        if not isinstance(node.op, ast.Pow):
            return _OPERATORS[type(node.op)](left, right)
        if abs(right) > _LARGEST_POWER or abs(left) > 10**6:
            raise OverflowError("power")
        raised: Number = left**right
        return raised
    raise ValueError("not a sum")


def show(value: Number) -> str:
    """A number as a person would write it: no trailing `.0`, six decimals at most."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
