"""Choosing a model, a secret, an app: pages to the end, names checked, refusals as refusals."""

import pytest

from tests.workspace.conftest import MODEL, Backdoor, OpenDoor
from web.emulator.apps import AppRecord
from web.emulator.registry import WorkspaceModel, WorkspaceVersion
from web.errors import Forbidden, NotFound
from web.workspace import apps, catalog, registry, secrets
from web.workspace.answers import MAX_PAGES
from web.workspace.client import Workspace

TRICKS = ["", "..", "a/b", "a?x=1", "a#b", "a\nb", "%2e%2e", "x" * 256]


def test_catalogs_and_schemas_are_named(backdoor: Backdoor, bob_sees: Workspace) -> None:
    assert "testing" in catalog.catalogs(bob_sees)
    assert catalog.schemas(bob_sees, "testing") == ["things"]


def test_an_empty_page_with_a_token_is_not_the_end(backdoor: Backdoor, bob_sees: Workspace) -> None:
    backdoor.forget()
    models = catalog.models(bob_sees, "testing", "things")
    assert [model["full_name"] for model in models] == [MODEL]
    assert len(backdoor.requests()) > 1, "the first page of a schema is empty"


def test_a_listing_that_never_ends_is_cut(backdoor: Backdoor, bob_sees: Workspace) -> None:
    path = "/api/2.1/unity-catalog/catalogs"
    for page in range(MAX_PAGES + 5):
        backdoor.fault("status", path, status=200, body={"catalogs": [{"name": "c"}], "next_page_token": f"t{page}"})
    assert len(catalog.catalogs(bob_sees)) == MAX_PAGES


def test_a_token_that_comes_back_ends_the_listing(backdoor: Backdoor, bob_sees: Workspace) -> None:
    path = "/api/2.1/unity-catalog/catalogs"
    backdoor.fault("status", path, times=9, status=200, body={"catalogs": [{"name": "c"}], "next_page_token": "same"})
    assert len(catalog.catalogs(bob_sees)) == 2


def test_versions_come_newest_first_with_their_aliases(backdoor: Backdoor, bob_sees: Workspace) -> None:
    backdoor.world.catalog.put(MODEL, 4, None, status="PENDING_REGISTRATION")
    versions = catalog.versions(bob_sees, MODEL)
    assert [version.version for version in versions] == [4, 3, 2, 1]
    assert [version.deployable for version in versions] == [False, True, True, True]
    assert [version.aliases for version in versions] == [(), (), ("champion",), ()]
    assert catalog.model(bob_sees, MODEL).aliases == {"champion": 2}
    assert catalog.version(bob_sees, MODEL, 3).version == 3


def test_an_alias_is_resolved_to_a_number(backdoor: Backdoor, bob_sees: Workspace) -> None:
    assert catalog.version_by_alias(bob_sees, MODEL, "champion").version == 2
    with pytest.raises(NotFound):
        catalog.version_by_alias(bob_sees, MODEL, "nobody")


def test_the_workspace_registry_lists_models_and_versions(backdoor: Backdoor, bob_sees: Workspace) -> None:
    versions = [WorkspaceVersion("9"), WorkspaceVersion("10")]
    backdoor.world.registry.models["o'clock"] = WorkspaceModel("o'clock", "bob@example.com", versions=versions)
    assert "o'clock" in [model["name"] for model in registry.models(bob_sees)]


def test_versions_of_a_registry_model_are_newest_first(backdoor: Backdoor, bob_sees: Workspace) -> None:
    versions = [WorkspaceVersion("9"), WorkspaceVersion("10")]
    backdoor.world.registry.models["clock"] = WorkspaceModel("clock", "bob@example.com", versions=versions)
    assert [version["version"] for version in registry.versions(bob_sees, "clock")] == ["10", "9"]


def test_scopes_and_keys_are_those_the_caller_may_read(
    backdoor: Backdoor, bob_sees: Workspace, charlie_sees: Workspace
) -> None:
    assert "testing" in secrets.scopes(bob_sees)
    assert secrets.keys(bob_sees, "testing") == ["key", "other"]
    assert "testing" not in secrets.scopes(charlie_sees)
    with pytest.raises((Forbidden, NotFound)):
        secrets.keys(charlie_sees, "testing")


def test_apps_are_listed_over_all_pages(backdoor: Backdoor, bob_sees: Workspace) -> None:
    for index in range(120):
        name = f"app-{index}"
        backdoor.world.apps.by_name[name] = AppRecord({"name": name, "creator": "bob@example.com"})
    assert len([app for app in apps.list_apps(bob_sees) if app["name"].startswith("app-")]) == 120
    assert apps.get_app(bob_sees, "app-7")["name"] == "app-7"


@pytest.mark.parametrize("name", TRICKS)
def test_a_name_that_leads_elsewhere_is_never_sent(backdoor: Backdoor, bob_sees: Workspace, name: str) -> None:
    backdoor.forget()
    for ask in (
        lambda: catalog.schemas(bob_sees, name),
        lambda: catalog.models(bob_sees, "testing", name),
        lambda: catalog.versions(bob_sees, name),
        lambda: catalog.version_by_alias(bob_sees, MODEL, name),
        lambda: registry.versions(bob_sees, name),
        lambda: secrets.keys(bob_sees, name),
        lambda: apps.get_app(bob_sees, name),
    ):
        with pytest.raises(NotFound):
            ask()
    assert backdoor.requests() == []


def test_who_may_load_a_model_is_known_by_ownership_grant_or_group(backdoor: Backdoor, open_door: OpenDoor) -> None:
    model = backdoor.world.catalog.models[MODEL]
    model.owner, model.grants = "bob@example.com", {"ml-team": {"EXECUTE"}, "growth": {"APPLY_TAG"}}
    alice, bob = open_door("alice"), open_door("bob")
    for who, may in (("bob@example.com", True), ("frank@example.com", True), ("grace@example.com", False)):
        assert catalog.may_execute(bob, MODEL, who) is may
    assert not catalog.may_execute(alice, MODEL, "nobody@example.com")
    model.owner, model.grants = "alice@example.com", {"ml-team": {"EXECUTE"}}
    with pytest.raises(Forbidden):
        catalog.may_execute(bob, MODEL, "frank@example.com")
