"""The project's own files, as git knows them, and what the rules need to know about Python source."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = ("requirements", "web/assets/package-lock.json", "LICENSE")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tracked(*suffixes: str) -> tuple[Path, ...]:
    """Files in git or about to be, relative to the root, without locks and the licence; all or of some suffixes."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    mine = (name for name in names if not name.startswith(LOCKS) and (not suffixes or name.endswith(suffixes)))
    return tuple(Path(name) for name in sorted(mine) if (ROOT / name).is_file())


@cache
def text(path: Path) -> str:
    """A tracked file's text; empty for one that is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def tree(path: Path) -> ast.Module:
    """A Python file, parsed."""
    return ast.parse(text(path), filename=str(path))


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a file, nested ones too."""
    yield from (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def lines_of(function: Function) -> int:
    """From `def` to the last line, docstring included."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def called(node: ast.AST) -> set[str]:
    """The names called anywhere inside, `a.b.c()` as `c`."""
    names = (call.func for call in ast.walk(node) if isinstance(call, ast.Call))
    return {n.attr if isinstance(n, ast.Attribute) else n.id for n in names if isinstance(n, ast.Attribute | ast.Name)}
