"""What no file of the project may hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import called, text, tracked, tree

UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|raise NotImplemented" r"Error")
REGISTRIES = re.compile(
    r"py(pi|thonhosted)[.]org|npmjs[.](org|com)|yarnpkg[.]com|crates[.]io|[.]debian[.]org|[.]ubuntu[.]com|maven[.]org"
    r"|proxy[.]golang|cdn[.]playwright|(jsdelivr|unpkg|cdnjs)[.]"
)
MACHINE_PATHS = re.compile(r"(?<![\w./-])/(work|root|tmp|home)/\w")
STAND_INS = {"Mock", "MagicMock", "AsyncMock", "create_autospec", "mocker"}
HERE = ("tests", "architecture")


def found(pattern: re.Pattern[str], paths: Iterator[Path]) -> list[str]:
    """`file:line: text` of every match."""
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), 1)
        if pattern.search(line)
    ]


def everything() -> Iterator[Path]:
    return (path for path in tracked() if path.parts[:2] != HERE)


def test_nothing_is_left_for_later() -> None:
    assert found(UNFINISHED, everything()) == []


def test_no_file_names_a_package_registry_or_a_content_network() -> None:
    locks = (Path(name) for name in ("requirements.txt", "requirements-dev.txt", "web/assets/package-lock.json"))
    assert found(REGISTRIES, everything()) + found(REGISTRIES, locks) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert found(MACHINE_PATHS, everything()) == []


def test_tests_talk_to_the_real_thing() -> None:
    stand_ins = [f"{path}: {sorted(named)}" for path in tracked(".py") if (named := _names(tree(path)) & STAND_INS)]
    assert stand_ins == []


def test_tests_sleep_only_while_they_poll() -> None:
    blind = [
        f"{path}:{call.lineno}"
        for path in tracked(".py")
        if path.parts[0] == "tests"
        for call in _sleeps_outside_loops(tree(path))
    ]
    assert blind == []


def test_every_dependency_is_pinned_by_hash() -> None:
    for name in ("requirements.txt", *(f"requirements-{group}.txt" for group in ("dev", "demo", "assets", "peers"))):
        pins = text(Path(name)).split("\n    --hash=")[0:1] + re.findall(r"^\S.*\n", text(Path(name)), re.MULTILINE)
        assert pins
        loose = [pin for pin in pins[1:] if not re.match(r"[a-z0-9.-]+(\[[a-z,]+\])?==\S+ .*\\\n$", pin)]
        assert loose == [], name


def test_the_portal_and_its_package_have_one_version() -> None:
    import tomllib

    from web import __version__

    assert tomllib.loads(text(Path("pyproject.toml")))["project"]["version"] == __version__


def test_the_spelled_out_rule_about_calls_works_on_itself() -> None:
    assert called(ast.parse("a.b.c(); d()")) == {"c", "d"}
    assert _names(ast.parse("from unittest import mock\nmock.MagicMock()")) >= {"MagicMock"}
    assert len(list(_sleeps_outside_loops(ast.parse("time.sleep(1)\nwhile x:\n  time.sleep(1)")))) == 1


def _names(module: ast.AST) -> set[str]:
    names = {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(module) if isinstance(node, ast.Attribute)}
    return names | {alias.name for node in ast.walk(module) if isinstance(node, ast.ImportFrom) for alias in node.names}


def _sleeps_outside_loops(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.While | ast.For | ast.AsyncFor):
            continue
        if isinstance(child, ast.Call) and called(ast.Expr(child)) == {"sleep"}:
            yield child
        yield from _sleeps_outside_loops(child)
