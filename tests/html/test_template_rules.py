"""What the strict CSP forbids, and what the house forbids, in templates, styles and scripts."""

import re
from pathlib import Path

import pytest

from web.html.templates import FOLDER as TEMPLATES

STATIC = TEMPLATES.parent / "static"
RULES = {
    "hx-on needs eval, which the CSP forbids": r"\bhx-on\b",
    "js: and javascript: values need eval": r"[\"'\s]j(s|avascript):",
    "a filter in hx-trigger needs eval": r"hx-trigger=\"[^\"]*\[",
    "style attributes are blocked": r"\sstyle\s*=",
    "style elements are blocked": r"<style\b",
    "scripts come from files": r"<script(?![^>]*\bsrc=)[^>]*>",
    "handler attributes are blocked": r"\son[a-z]+\s*=\s*[\"']",
    "nothing is marked safe in a template": r"\|\s*safe\b|autoescape\s+false",
    "no other host": r"(?:src|href|action|hx-[a-z]+)=\"(?:https?:)?//",
}


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def lines_matching(pattern: str, paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(TEMPLATES.parent)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize("rule", RULES)
def test_no_template_breaks_the_rule(rule: str) -> None:
    assert lines_matching(RULES[rule], templates()) == [], rule


def test_the_rules_see_what_they_forbid() -> None:
    bad = {
        "hx-on needs eval, which the CSP forbids": '<a hx-on:click="x()">',
        "js: and javascript: values need eval": '<a href="javascript:x()">',
        "a filter in hx-trigger needs eval": '<a hx-trigger="click[ctrlKey]">',
        "style attributes are blocked": '<b style="color: red">',
        "style elements are blocked": "<style>",
        "scripts come from files": "<script>x()</script>",
        "handler attributes are blocked": '<b onclick="x()">',
        "nothing is marked safe in a template": "{{ x|safe }}",
        "no other host": '<script src="//cdn.example.com/x.js"></script>',
    }
    assert bad.keys() == RULES.keys()
    for rule, line in bad.items():
        assert re.search(RULES[rule], line), rule


def test_scripts_neither_evaluate_nor_write_markup() -> None:
    ours = sorted((STATIC / "js").rglob("*.js"))
    pattern = r"\beval\(|new Function|innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|https?://"
    assert lines_matching(pattern, ours) == []


def test_styles_are_layered_and_fetch_nothing_foreign() -> None:
    ours = sorted((STATIC / "css").glob("*.css"))
    assert [path.name for path in ours if "@layer" not in path.read_text()] == []
    assert lines_matching(r"@import|url\(\"?https?:", ours) == []


def test_fragments_do_not_extend_and_pages_do() -> None:
    pages = [path for path in templates() if path.parent.name not in {"components", "layouts"}]
    extends = {path: "{% extends" in path.read_text() for path in pages}
    wrong = [str(path) for path, yes in extends.items() if yes == (path.name[0] == "_" or ".oob." in path.name)]
    assert wrong == []


def test_every_component_file_starts_with_its_signatures() -> None:
    for path in sorted((TEMPLATES / "components").glob("*.html")):
        text = path.read_text()
        described = text[: text.index("#}")]
        macros = [name for name in re.findall(r"{% macro (\w+)\(", text) if name[0] != "_" and name != "stale_note"]
        assert text.startswith("{#"), path.name
        assert [name for name in macros if f"{name}(" not in described and name not in described] == [], path.name
