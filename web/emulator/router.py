"""Finds the handler of a path; parameters are decoded segment by segment, so an escaped slash stays where it is."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

from web.emulator.wire import Handler, Route

Pattern = tuple[tuple[str, ...], Handler]


class Router:
    """All routes, by method and number of segments. Literal segments win over parameters."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.patterns: dict[tuple[str, int], list[Pattern]] = {}
        for method, path, handler in routes:
            parts = tuple(path.split("/"))
            self.patterns.setdefault((method, len(parts)), []).append((parts, handler))
        for found in self.patterns.values():
            found.sort(key=lambda pattern: [part.startswith("{") for part in pattern[0]])

    def match(self, method: str, raw_path: str) -> tuple[Handler, dict[str, str]] | None:
        """The handler and the decoded parameters; None when there is no such API."""
        segments = raw_path.split("/")
        for parts, handler in self.patterns.get((method, len(segments)), []):
            params = _params(parts, segments)
            if params is not None:
                return handler, params
        return None


def _params(parts: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    params: dict[str, str] = {}
    for part, segment in zip(parts, segments, strict=True):
        if part.startswith("{"):
            if not segment:
                return None
            params[part[1:-1]] = unquote(segment)
        elif part != segment and part != unquote(segment):
            return None
    return params
