"""The update doctor on labelled logs and states: how often it is right, and how often it knows."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from web.emulator.serving.buildlogs import FAILURES
from web.workspace.doctor import RULES, Case, diagnose

CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("cases.toml").read_text())["case"]
FACTS = {"model": "main.ml.churn", "version": "3", "endpoint": "churn", "entity": "churn-3"}


def case_of(row: dict[str, Any]) -> Case:
    """The row as the doctor gets it; a failed update unless it says otherwise."""
    given = {k: v for k, v in row.items() if k not in ("name", "expect", "says")}
    return Case(**{"outcome": "failed", "facts": FACTS, **given})


def test_there_are_at_least_forty_different_cases() -> None:
    assert len({str(row.get("log")) + str(row.get("message")) + str(row.get("outcome")) for row in CASES}) >= 40


def test_precision_and_recall(capsys: pytest.CaptureFixture[str]) -> None:
    right = found = wanted = 0
    wrong: list[str] = []
    for row in CASES:
        keys = [one.key for one in diagnose(case_of(row), RULES)]
        right += len(set(keys) & set(row["expect"]))
        found += len(keys)
        wanted += len(row["expect"])
        if keys[:1] != row["expect"][:1]:
            wrong.append(f"{row['name']}: {keys} instead of {row['expect']}")
    precision, recall = right / found, right / wanted
    with capsys.disabled():
        told = f"{len(CASES)} cases, {len({rule.key for rule in RULES})} causes"
        print(f"\n  update doctor: {told}, precision {precision:.3f}, recall {recall:.3f}")
    assert wrong == []
    assert precision >= 0.97
    assert recall >= 0.95


@pytest.mark.parametrize("row", [row for row in CASES if row.get("says")], ids=lambda row: row["name"])
def test_what_is_missing_is_named(row: dict[str, Any]) -> None:
    assert row["says"] in diagnose(case_of(row), RULES)[0].cause


def test_every_cause_has_a_case() -> None:
    assert {rule.key for rule in RULES} == {key for row in CASES for key in row["expect"]}


def test_no_text_shows_a_name_that_was_not_filled_in() -> None:
    for row in CASES:
        for one in diagnose(case_of(row), RULES):
            assert "[" not in one.cause + one.step, one
            assert "{what}" not in one.cause + one.step + one.command, one
            assert one.cause[0].isupper() or one.cause[0].isalpha(), one
            assert one.cause.endswith("."), one


@pytest.mark.parametrize("why", FAILURES)
def test_what_the_embedded_workspace_prints_is_known(why: str) -> None:
    log = "\n".join(text for _, text in FAILURES[why])
    message = "the endpoint update timed out" if why == "timeout" else "Container creation failed."
    expected = {
        "missing_module": "missing-module",
        "out_of_memory": "memory",
        "wrong_version": "python-version",
        "unknown_secret": "secret",
        "timeout": "not-listening",
    }
    assert diagnose(Case("failed", message=message, log=log), RULES)[0].key == expected[why]


def test_a_huge_log_is_read_in_a_moment() -> None:
    import time

    log = "\n".join(f"[2026-05-04 10:00:01 +0000] Traceback-like line {n} " + "a" * 200 for n in range(50_000))
    began = time.perf_counter()
    assert diagnose(Case("failed", log=log), RULES) == []
    assert time.perf_counter() - began < 20
