"""The 22 subcommands of `databricks serving-endpoints`: each has a page, and a Change or a query that does the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.features.changes.support import change, custom, make, until_ready, writes
from web.emulator.server import Emulator

API = "/api/2.0/serving-endpoints"
ONE = "/endpoints/churn"
UNITS = {"name": "llama", "entity_name": "system.ai.meta_llama_v3_1_8b_instruct", "entity_version": "2",
         "provisioned_model_units": 50}  # fmt: skip
MAIL = {"email_notifications": {"on_update_failure": ["ops@example.com"]}}
OTEL = {"enabled_telemetry_features": ["TELEMETRY_FEATURE_LOGS"], "table_names": {"logs_table": "main.ml.logs"}}
GRANT = {"group_name": "growth", "permission_level": "CAN_QUERY"}


@dataclass(frozen=True)
class Row:
    """`page`: where a person does it. `change` (of "churn" unless it names another) or `query`; `sent`: what the
    workspace gets, as "METHOD end-of-path"."""

    cli: str
    page: str
    change: dict[str, Any] | None = None
    query: str = ""
    sent: str = ""
    body: dict[str, Any] | None = None


TABLE = (
    Row("build-logs", f"{ONE}/logs", query=f"/api/v1{ONE}/served-entities/churn-3/build-logs"),
    Row("create", "/endpoints/new?kind=custom", custom("c-new"), sent=f"POST {API}"),
    Row(
        "create-provisioned-throughput-endpoint",
        "/endpoints/new?kind=provisioned",
        change("endpoint.create", "c-units", config={"served_entities": [UNITS]}),
        sent=f"POST {API}/pt",
    ),
    Row("delete", f"{ONE}/delete", change("endpoint.delete", "churn"), sent="DELETE /churn"),
    Row("export-metrics", f"{ONE}/metrics", query=f"/api/v1{ONE}/metrics"),
    Row("get", ONE, query=f"/api/v1{ONE}"),
    Row("get-open-api", f"{ONE}/schema", query=f"/api/v1{ONE}/openapi"),
    Row("get-permission-levels", f"{ONE}/permissions", query=f"/api/v1{ONE}/permissions/levels"),
    Row("get-permissions", f"{ONE}/permissions", query=f"/api/v1{ONE}/permissions"),
    Row(
        "http-request",
        "/http-request",
        query="/api/v1/http-request",
        body={"connection_name": "crm_api", "method": "GET", "path": "/notes"},
    ),
    Row("list", "/endpoints", query="/api/v1/endpoints"),
    Row("logs", f"{ONE}/logs", query=f"/api/v1{ONE}/served-entities/churn-3/logs"),
    Row("patch", f"{ONE}/settings", change("tags.update", "churn", add={"k": "v"}), sent="PATCH /churn/tags"),
    Row(
        "patch-telemetry-config",
        f"{ONE}/telemetry",
        change("telemetry.update", "churn", telemetry_config=OTEL),
        sent="PATCH /churn/telemetry-config",
    ),
    # `put` sets the deprecated rate limits; the same limits are set with their successor.
    Row(
        "put",
        f"{ONE}/gateway",
        change(
            "gateway.update", "churn", rate_limits=[{"key": "user", "calls": 10, "renewal_period": "minute"}],
            usage_tracking_config={"enabled": True},
        ),
        sent="PUT /churn/ai-gateway",
    ),
    Row("put-ai-gateway", f"{ONE}/gateway", change("gateway.update", "churn"), sent="PUT /churn/ai-gateway"),
    Row(
        "query",
        f"{ONE}/playground",
        query=f"/api/v1{ONE}/invocations",
        body={"dataframe_records": [{"age": 30, "tenure_months": 3, "monthly_charges": 9.5, "contract": "monthly"}]},
    ),
    Row(
        "set-permissions",
        f"{ONE}/permissions",
        change("permissions.update", "churn", access_control_list=[
            {"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"}, GRANT]),
        sent="PUT /api/2.0/permissions/serving-endpoints/",
    ),
    Row("update-config", f"{ONE}/config", change("traffic.update", "churn", routes={"churn-3": 50, "churn-4": 50}),
        sent="PUT /churn/config"),
    Row("update-notifications", f"{ONE}/settings", change("notifications.update", "churn", **MAIL),
        sent="PATCH /churn/notifications"),
    # The API's PATCH of grants only adds: the portal sends it for an endpoint that is being made.
    Row("update-permissions", "/endpoints/new?kind=custom", custom("c-granted", permissions=[GRANT]),
        sent="PATCH /api/2.0/permissions/serving-endpoints/"),
    Row(
        "update-provisioned-throughput-endpoint-config",
        f"{ONE}/config",
        change("config.update", "c-units", served_entities=[{**UNITS, "provisioned_model_units": 100}]),
        sent="PUT /pt/c-units/config",
    ),
)  # fmt: skip
Prepare = Callable[[httpx.Client], object]


def _units(who: httpx.Client) -> None:
    assert make(who, change("endpoint.create", "c-units", config={"served_entities": [UNITS]})).status_code == 201
    until_ready(who, "c-units")


PREPARE: dict[str, Prepare] = {"update-provisioned-throughput-endpoint-config": _units}


def test_the_table_has_every_subcommand_once() -> None:
    assert len({row.cli for row in TABLE}) == len(TABLE) == 22


@pytest.mark.parametrize("row", [row for row in TABLE if row.change], ids=lambda row: row.cli)
def test_a_subcommand_that_changes_something_is_a_change(bob: httpx.Client, emulator: Emulator, row: Row) -> None:
    if row.cli in PREPARE:
        PREPARE[row.cli](bob)
    before = len(writes(emulator))
    done = make(bob, row.change or {})
    assert done.status_code == 201, done.text
    method, _, path = row.sent.partition(" ")
    sent = writes(emulator)[before:]
    assert any(one["method"] == method and path in one["path"] and one["status"] < 300 for one in sent), sent
    assert done.json()["operation"]["outcome"] == "success"


@pytest.mark.parametrize("row", [row for row in TABLE if row.query], ids=lambda row: row.cli)
def test_a_subcommand_that_asks_is_a_query(bob: httpx.Client, row: Row) -> None:
    answer = bob.get(row.query) if row.body is None else bob.post(row.query, json=row.body)
    assert answer.status_code == 200, answer.text
    assert answer.text.strip() not in ("", "{}")


@pytest.mark.parametrize("page", sorted({row.page for row in TABLE}))
def test_every_subcommand_has_its_page(bob: httpx.Client, page: str) -> None:
    assert bob.get(page).status_code == 200
