"""Every route that may alter something leaves an operation in the history, or says in `unsafe_routes.txt` why not."""

import ast
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from tests.architecture.source import ROOT, called
from web.config import load

LIST = ROOT / "tests" / "architecture" / "unsafe_routes.txt"
SAFE = {"GET", "HEAD", "OPTIONS"}
PROOF = {"records": "perform", "drafts": "start"}
"""The call that stands behind a word of the list."""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The portal's routes, without starting it."""
    from web.app import create_app

    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTAL_PATTERNS", "true")
    return create_app(load())


def listed() -> dict[tuple[str, str], str]:
    """(method, path) → "records", "drafts" or a reason."""
    entries = [line.partition("|") for line in LIST.read_text().splitlines() if line.strip() and line[0] != "#"]
    return {(route.split()[0], route.split()[1]): word.strip() for route, _, word in entries}


def unsafe(app: FastAPI) -> dict[tuple[str, str], Callable[..., Any]]:
    """(method, path) → the function behind it, for all that are not plain reads."""
    routes = [route for route in iter_route_contexts(app.routes) if route.path and route.endpoint]
    return {(m, str(r.path)): r.endpoint for r in routes if r.endpoint for m in sorted((r.methods or set()) - SAFE)}


def test_the_routes_are_found_at_all(app: FastAPI) -> None:
    assert ("POST", "/changes") in unsafe(app)


def test_every_unsafe_route_is_accounted_for(app: FastAPI) -> None:
    assert set(unsafe(app)) == set(listed())


def test_a_route_does_what_the_list_says_of_it(app: FastAPI) -> None:
    routes = unsafe(app)
    broken = [
        f"{method} {path} is said to lead to {PROOF[word]}(), which its module never calls"
        for (method, path), word in listed().items()
        if word in PROOF and PROOF[word] not in _called_by_module(routes[method, path])
    ]
    assert broken == []


def test_a_route_that_leaves_no_operation_has_a_reason() -> None:
    assert [route for route, word in listed().items() if word not in PROOF and len(word) < 15] == []


def _called_by_module(endpoint: Callable[..., Any]) -> set[str]:
    module = inspect.getmodule(endpoint)
    assert module is not None
    return called(ast.parse(inspect.getsource(module)))
