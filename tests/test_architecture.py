"""The shape of the house: who may import whom, and how large a thing may be."""

import ast

import pytest
from importlinter.cli import lint_imports

from tests.architecture.source import Function, called, functions, lines_of, text, tracked, tree

FILE_LINES = 300
FUNCTION_LINES = 50
TEMPLATE_LINES = 150
ROUTE_STATEMENTS = 12
VERBS = {"get", "post", "put", "patch", "delete", "api_route"}


def test_imports_follow_the_layers(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.architecture.source import ROOT

    monkeypatch.chdir(ROOT)
    code = lint_imports(no_cache=True)
    assert code == 0, capsys.readouterr().out


def test_no_source_file_is_longer_than_300_lines() -> None:
    long = [(str(path), len(text(path).splitlines())) for path in tracked(".py", ".js", ".mjs", ".css")]
    assert [entry for entry in long if entry[1] > FILE_LINES] == []


def test_no_function_is_longer_than_50_lines() -> None:
    long = [
        f"{path}:{function.lineno} {function.name} has {lines_of(function)} lines"
        for path in tracked(".py")
        for function in functions(path)
        if lines_of(function) > FUNCTION_LINES
    ]
    assert long == []


def test_no_template_is_longer_than_150_lines() -> None:
    long = [(str(path), len(text(path).splitlines())) for path in tracked(".html")]
    assert [entry for entry in long if entry[1] > TEMPLATE_LINES] == []


def test_routes_only_parse_ask_and_answer() -> None:
    long = [
        f"{path}:{function.lineno} {function.name} has {_statements(function)} statements"
        for path in tracked(".py")
        if path.parts[:2] == ("web", "features")
        for function in functions(path)
        if _is_route(function) and _statements(function) > ROUTE_STATEMENTS
    ]
    assert long == []


def test_nothing_waits_for_an_update_inside_a_request() -> None:
    waits = [
        f"{path} calls {name}"
        for path in tracked(".py")
        if path.parts[0] == "web"
        for name in called(tree(path))
        if name.endswith("_and_wait")
    ]
    assert waits == []


def _is_route(function: Function) -> bool:
    calls = (decorator for decorator in function.decorator_list if isinstance(decorator, ast.Call))
    return any(isinstance(call.func, ast.Attribute) and call.func.attr in VERBS for call in calls)


def _statements(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return sum(isinstance(node, ast.stmt) for statement in body for node in ast.walk(statement))
