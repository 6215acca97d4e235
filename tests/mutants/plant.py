"""Puts one mistake into the running process: nothing is copied or edited."""

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.mutants.operators import Mutant, Planter

ROOT = Path(__file__).resolve().parent.parent.parent


def source(module: str) -> Path:
    """The file of a module."""
    return ROOT / (module.replace(".", "/") + ".py")


def mutants_of(module: str) -> list[Mutant]:
    """Every mistake that can be made in it."""
    planter = Planter()
    planter.plant(ast.parse(source(module).read_text()))
    return planter.found


def planted(module: str, mutant: Mutant) -> ast.Module:
    """The module with the mistake."""
    return Planter(mutant.number).plant(ast.parse(source(module).read_text()))


def plant(name: str, mutant: Mutant) -> None:
    """Make the mistake in this process, whoever has imported what it is in. Raises LookupError when that cannot be."""
    module = importlib.import_module(name)
    wrong = planted(name, mutant)
    if mutant.constant:
        _constants(module, wrong, mutant.top)
        return
    target: Any = module
    for part in mutant.where.split("."):
        target = vars(target)[part]
    code = compile(wrong, str(source(name)), "exec", dont_inherit=True)
    _function(target).__code__ = next(c for c in _codes(code) if c.co_qualname == mutant.where)


def _function(found: Any) -> Any:
    if isinstance(found, property):
        found = found.fget
    while not isinstance(found, FunctionType):
        found = found.__wrapped__ if hasattr(found, "__wrapped__") else found.__func__
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from _codes(const)


def _constants(module: ModuleType, wrong: ast.Module, first: int) -> None:
    """Work the constants out anew from the mistake on, and give them to all who imported them by name."""
    values = dict(vars(module))
    names = set()
    for statement in wrong.body[first:]:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            exec(compile(ast.Module([statement], []), module.__name__, "exec"), values)  # noqa: S102 - our own module
            names |= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    for name in names & vars(module).keys():
        old, new = vars(module)[name], values[name]
        for other in list(sys.modules.values()):
            if str(getattr(other, "__name__", "")).startswith(("web", "tests")) and vars(other).get(name) is old:
                vars(other)[name] = new
