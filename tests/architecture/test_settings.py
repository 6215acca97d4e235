"""An undocumented setting does not exist, and neither does a documented one that is gone."""

import re
from pathlib import Path

from tests.architecture.source import text, tracked
from web.config import Settings

ELSEWHERE = {"PORTAL_PORT", "PORTAL_TEST_CHROMIUM"}
"""Read by the Makefile and the tests, not by the portal."""


def readme() -> str:
    assert Path("README.md") in tracked(".md"), "there is no README.md"
    return text(Path("README.md"))


def test_every_setting_has_a_row_in_the_readme() -> None:
    rows = set(re.findall(r"^\| *`(PORTAL_[A-Z_]+)`", readme(), re.MULTILINE))
    names = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
    assert rows - ELSEWHERE == names


def test_the_readme_names_no_setting_that_is_gone() -> None:
    named = set(re.findall(r"PORTAL_[A-Z_]+[A-Z]", readme()))
    names = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
    assert named - ELSEWHERE <= names
