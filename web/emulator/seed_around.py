"""People, secrets, warehouses, the legacy registry and apps of every seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web.emulator.apps import AppRecord
from web.emulator.models import formulas
from web.emulator.models.demo_catalog import WINE
from web.emulator.models.tabular import TabularModel
from web.emulator.registry import WorkspaceModel, WorkspaceVersion
from web.emulator.seed_parts import DAY_MS
from web.emulator.sql import Warehouse

if TYPE_CHECKING:
    from web.emulator.world import World

ALICE, BOB, CHARLIE = "alice@example.com", "bob@example.com", "charlie@example.com"
DANA, ERIN = "dana@example.com", "erin@example.com"
DEPLOYER = "5b0c1f3e-7a44-4d0e-9c57-2f1f3c9b6a10"


def people(world: World) -> None:
    """The cast: alice is admin, bob in ml-team, charlie in no group, erin in data-platform, dana has left."""
    directory = world.people
    directory.add_user(ALICE, "Alice Anders", "admins", token="dapi-alice")
    directory.add_user(BOB, "Bob Berger", "ml-team", token="dapi-bob")
    directory.add_user(CHARLIE, "Charlie Costa", token="dapi-charlie")
    directory.add_user(ERIN, "Erin Eklund", "data-platform", token="dapi-erin")
    directory.add_user(DANA, "Dana Dorn", token="dapi-dana").active = False
    directory.add_user("frank@example.com", "Frank Fuchs", "ml-team")
    directory.add_user("grace@example.com", "Grace Gomez", "growth")
    directory.add_service_principal("portal-app", "app-serving-portal", "admins", secret="portal-secret")
    directory.add_service_principal(DEPLOYER, "ci-deployer", "ml-team")


def registry(world: World) -> None:
    """One model of the legacy workspace registry and one feature spec."""
    created = world.clock.now_ms() - 400 * DAY_MS
    model = TabularModel(WINE, formulas.wine_quality)
    versions = [WorkspaceVersion("1", model, "Archived", created_ms=created)]
    versions.append(WorkspaceVersion("2", model, "Production", created_ms=created + 60 * DAY_MS))
    world.registry.models["wine_quality_classic"] = WorkspaceModel(
        "wine_quality_classic", BOB, "Before Unity Catalog", versions
    )
    world.registry.feature_specs.add("main.ml.customer_features")


def secrets(world: World) -> None:
    """The scopes `ml`, readable by the team, and `prod`, for admins alone."""
    at = world.clock.now_ms() - 90 * DAY_MS
    team = world.secrets.add("ml", ALICE)
    team.acls |= {"ml-team": "READ", "data-platform": "READ"}
    keys = ("openai", "anthropic", "tok", "azure-openai", "cohere", "bedrock-id", "bedrock-secret", "vertex")
    team.keys |= {key: (f"value-of-{key}", at) for key in keys}
    world.secrets.add("prod", ALICE).keys |= {key: (f"value-of-{key}", at) for key in ("openai", "databricks-token")}


def warehouses(world: World) -> None:
    """One running warehouse and one stopped."""
    for warehouse in (
        Warehouse("8f3a2b1c9d4e5f60", "Shared Serverless"),
        Warehouse("1a2b3c4d5e6f7081", "Nightly reports", state="STOPPED", size="Small"),
    ):
        world.sql.by_id[warehouse.id] = warehouse


def apps(world: World) -> None:
    """Three apps: one that uses an endpoint already, one that could, one of somebody else."""
    churn = [
        {
            "name": "churn-model",
            "description": "scores",
            "serving_endpoint": {"name": "churn", "permission": "CAN_QUERY"},
        },
        {"name": "warehouse", "sql_warehouse": {"id": "8f3a2b1c9d4e5f60", "permission": "CAN_USE"}},
    ]
    _app(world, "retention-dashboard", BOB, "Which customers may leave", churn, ["serving.serving-endpoints", "sql"])
    _app(world, "support-desk", BOB, "Chat window of the support team", [], ["serving.serving-endpoints"])
    _app(world, "finance-cockpit", ALICE, "Figures for the board", [], [])
    world.apps.by_name["support-desk"].grants = {"group_name": {"ml-team": "CAN_MANAGE", "users": "CAN_USE"}}


def _app(world: World, name: str, creator: str, about: str, resources: list[dict[str, Any]], scopes: list[str]) -> None:
    number = 4_400_000_001 + len(world.apps.by_name)
    created = "2026-03-02T09:30:00Z"
    principal = world.people.add_service_principal(f"9d1e77a0-0000-4000-8000-{number:012d}", f"app-{name}")
    world.apps.by_name[name] = AppRecord({
        "name": name, "id": f"{number:032x}", "description": about, "creator": creator, "updater": creator,
        "create_time": created, "update_time": created, "url": f"https://{name}-{number}.aws.databricksapps.com",
        "resources": resources, "user_api_scopes": scopes,
        "effective_user_api_scopes": [*scopes, "iam.current-user:read"],
        "service_principal_client_id": principal.application_id, "service_principal_id": int(principal.id),
        "service_principal_name": principal.display_name, "compute_size": "MEDIUM",
        "compute_status": {"state": "ACTIVE", "message": "App compute is running."},
        "app_status": {"state": "RUNNING", "message": "App has status: App is running"},
        "active_deployment": {"deployment_id": f"01f0{number:x}", "status": {"state": "SUCCEEDED"}},
        "default_source_code_path": f"/Workspace/Users/{creator}/{name}",
    })  # fmt: skip
