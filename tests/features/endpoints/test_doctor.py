"""What the page says about an update that failed or is late: a cause, how sure, the next step, or that nobody knows."""

from typing import TYPE_CHECKING

import httpx

from tests.features.endpoints.support import requests
from tests.features.logs.support import says

if TYPE_CHECKING:
    from web.emulator.server import Emulator

ENTITY = "lead-scoring-1"


def panel(emulator: "Emulator", bob: httpx.Client, log: str) -> str:
    """The failure panel of lead-scoring when its build has printed this log."""
    says(emulator, "lead-scoring", ENTITY, log)
    return bob.get("/endpoints/lead-scoring/failure").text


def test_a_known_cause_comes_with_its_certainty_the_next_step_and_a_command(bob: httpx.Client) -> None:
    shown = bob.get("/endpoints/lead-scoring/failure").text
    for text in ("needs the Python package lightgbm", "Certain", "Add it to pip_requirements", "mlflow models predict"):
        assert text in shown, text


def test_a_log_that_nobody_understands_is_called_unknown(emulator: "Emulator", bob: httpx.Client) -> None:
    shown = panel(emulator, bob, "Something went sideways\nGoodbye <b>")
    assert "Cause unknown" in shown
    assert "/help/errors" in shown
    assert "Goodbye &lt;b&gt;" in shown


def test_names_from_a_log_are_only_text(emulator: "Emulator", bob: httpx.Client) -> None:
    shown = panel(emulator, bob, "FileNotFoundError: [Errno 2] No such file or directory: '<img src=x>{what}{0}'")
    assert "&lt;img src=x&gt;{what}{0}" in shown
    assert "<img" not in shown


def test_an_update_late_in_its_time_says_where_it_stands(emulator: "Emulator", bob: httpx.Client) -> None:
    emulator.world.clock.speed = 1.0
    httpx.post(
        f"{emulator.url}/api/2.0/serving-endpoints",
        headers={"Authorization": "Bearer dapi-bob"},
        json={"name": "late", "config": {"served_entities": [{
            "name": "slow", "entity_name": "main.ml.churn", "entity_version": "3", "workload_size": "Small",
            "scale_to_zero_enabled": True}]}},
    ).raise_for_status()  # fmt: skip
    pending = emulator.world.endpoints["late"].pending
    assert pending is not None
    assert "unusually long" not in bob.get("/endpoints/late").text
    assert not [r for r in requests(emulator) if r["path"].endswith("/build-logs")]
    pending.entities[0].fails = "timeout"
    pending.start_ms -= 1_500_000
    says(emulator, "late", "slow", "Solving environment: ...working...")
    for part in ("", "/entities"):
        shown = bob.get(f"/endpoints/late{part}").text
        assert "takes unusually long" in shown
        assert "databricks serving-endpoints build-logs late slow" in shown
