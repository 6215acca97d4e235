"""Build logs: they grow with the build, and reach a failed update by its config version."""

from __future__ import annotations

from collections.abc import Callable

from databricks.sdk import WorkspaceClient

from tests.emulator.control_support import ENDPOINTS, Caller, new
from web.emulator.server import Emulator


def _log(caller: Caller, name: str, entity: str, **query: int) -> str:
    return str(caller("GET", f"{ENDPOINTS}/{name}/served-models/{entity}/build-logs", **query).json()["logs"])


def test_a_build_log_grows_while_it_builds(workspace: Emulator, bob: Caller) -> None:
    bob("POST", ENDPOINTS, new("logged"))
    early = _log(bob, "logged", "churn-3")
    assert "Starting build for model main.ml.churn, version 3" in early
    assert "served entity is ready" not in early
    workspace.world.clock.advance(300)
    late = _log(bob, "logged", "churn-3")
    assert late.startswith(early)
    assert late.endswith("served entity is ready")


def test_the_sdk_reads_the_active_configs_log(sdk: Callable[[str], WorkspaceClient]) -> None:
    assert "served entity is ready" in sdk("bob").serving_endpoints.build_logs("churn", "churn-3").logs


def test_the_log_of_a_failed_update_is_there(bob: Caller) -> None:
    assert "No module named 'lightgbm'" in _log(bob, "lead-scoring", "lead-scoring-1", config_version=4)
    assert "served entity is ready" in _log(bob, "churn", "churn-3", config_version=3)


def test_logs_that_do_not_exist(bob: Caller) -> None:
    path = f"{ENDPOINTS}/churn/served-models"
    assert bob("GET", f"{path}/ghost/build-logs").status_code == 404
    assert bob("GET", f"{path}/churn-3/build-logs", config_version=99).status_code == 404
    assert bob("GET", f"{path}/churn-3/build-logs", config_version="x").status_code == 400
    assert bob("GET", f"{ENDPOINTS}/company-gpt/served-models/gpt-4o/build-logs").status_code == 400


def test_who_needs_which_grant_for_logs_is_a_switch(workspace: Emulator, charlie: Caller) -> None:
    path = f"{ENDPOINTS}/wine-quality/served-models/wine_quality-1/build-logs"
    assert charlie("GET", path).status_code == 403
    workspace.world.switches.logs_level = "CAN_VIEW"
    assert charlie("GET", path).status_code == 200
