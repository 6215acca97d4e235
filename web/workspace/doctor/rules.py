"""The table of known causes: the rows of `rules.toml`, read once."""

import tomllib
from pathlib import Path
from typing import Any

from web.workspace.doctor.case import Rule

TABLE = Path(__file__).with_name("rules.toml")


def _rule(row: dict[str, Any]) -> Rule:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Rule(**values)


RULES: tuple[Rule, ...] = tuple(_rule(row) for row in tomllib.loads(TABLE.read_text(encoding="utf-8"))["rule"])
"""In the order in which findings are told."""
