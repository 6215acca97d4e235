"""What no linter of others knows: who may build a connection to a workspace, and by which road something is sent."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.source import tracked, tree

CONFIG_FACTORY = Path("web/workspace/sdk.py")
WRITES = {"create", "update", "update_config", "delete", "put", "put_ai_gateway", "patch", "set_permissions", "do"}
SERVICES = {"serving_endpoints", "secrets", "permissions", "apps", "api_client"}
EXECUTES = {"execute", "exec", "exec_driver_sql", "text", "executescript"}


def workspace_clients(module: ast.Module) -> Iterator[int]:
    """The SDK's client: its writes are sent again when the answer is lost, and it falls back to the app's identity."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and _last(node.func) in {"WorkspaceClient", "AccountClient"}:
            yield node.lineno


def sdk_writes(module: ast.Module) -> Iterator[int]:
    """`….serving_endpoints.delete(…)` and its like."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            owner = node.func.value
            if isinstance(owner, ast.Attribute) and owner.attr in SERVICES and isinstance(owner.value, ast.Name):
                yield node.lineno


def put_together_sql(module: ast.Module) -> Iterator[int]:
    """A statement made of a value instead of a parameter."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and _last(node.func) in EXECUTES and node.args and _is_made(node.args[0]):
            yield node.lineno


def swallowed(module: ast.Module) -> Iterator[int]:
    """A bare `except:`, and `except Exception: pass`."""
    for node in ast.walk(module):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or _last(node.type) == "BaseException"
            broad = broad and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            silent = _last(node.type) == "Exception" and all(isinstance(s, ast.Pass) for s in node.body)
            if broad or silent:
                yield node.lineno


def unpickled(module: ast.Module) -> Iterator[int]:
    """Data that becomes code: pickle, eval, exec, yaml.load."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {getattr(node, "module", None), *(alias.name for alias in node.names)}
            if names & {"pickle", "marshal", "shelve", "dill"}:
                yield node.lineno
        if isinstance(node, ast.Call):
            plain = isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}
            if plain or ast.unparse(node.func) == "yaml.load":
                yield node.lineno


RULES: dict[str, tuple[Callable[[ast.Module], Iterator[int]], str]] = {
    "the portal builds no WorkspaceClient": (workspace_clients, "w = sdk.WorkspaceClient(token=None)"),
    "nothing is written through the SDK": (sdk_writes, "w.serving_endpoints.delete('churn')"),
    "SQL has parameters": (put_together_sql, "session.execute(text(f'DELETE FROM x WHERE id = {name}'))"),
    "no failure is swallowed": (swallowed, "try:\n  x()\nexcept Exception:\n  pass"),
    "data stays data": (unpickled, "import pickle"),
}

# Statements of names and numbers of our own, which SQL takes no parameters for: how many in which file.
OURS = {
    "web/db/engine.py": 1,  # pragmas
    "web/db/migrations/versions/0001_history.py": 1,  # triggers that keep the history append-only
    "web/db/words.py": 4,  # names of the index and its tables
    "web/emulator/sql_engine.py": 1,  # tables of the embedded workspace
}


@pytest.mark.parametrize("rule", RULES)
def test_the_portal_keeps_the_rule(rule: str) -> None:
    find = RULES[rule][0]
    files = [path for path in tracked(".py") if path.parts[0] == "web"]
    allowed = OURS if rule == "SQL has parameters" else {}
    found = {str(path): lines for path in files if (lines := list(find(tree(path))))}
    assert {path: lines for path, lines in found.items() if len(lines) != allowed.get(path, 0)} == {}
    assert found.keys() >= allowed.keys()


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_sees_what_it_forbids(rule: str) -> None:
    find, bad = RULES[rule]
    assert list(find(ast.parse(bad)))
    assert not list(find(ast.parse("workspace.send(call)\nsession.execute(select(Row))\nyaml.safe_load(text)")))


def test_a_connection_of_the_sdk_is_set_up_in_one_file_only() -> None:
    makers = [
        str(path)
        for path in tracked(".py")
        if path.parts[:2] == ("web", "workspace") and path != CONFIG_FACTORY
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and _last(node.func) == "Config"
    ]
    assert makers == []


def _last(node: ast.AST | None) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_made(node: ast.expr) -> bool:
    """An f-string with a value in it, `+`, `%` or `.format(…)` on a text."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in ast.walk(node))
    return isinstance(node, ast.Call) and _last(node.func) == "format"
