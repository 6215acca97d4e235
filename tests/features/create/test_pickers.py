"""Pickers list what the caller may see; what cannot be listed is typed, with the reason beside it."""

import httpx

from tests.features.changes.support import fault
from tests.features.create.support import ENTITY, custom, external, inputs
from web.emulator.server import Emulator

PICK = "/endpoints/new/pick/"


def model(who: httpx.Client, kind: str = "custom", changed: str = "", **fields: str) -> httpx.Response:
    given = {ENTITY + name: value for name, value in fields.items()}
    return who.get(PICK + "model", params={"i": "0", "kind": kind, "changed": changed, **given})


def test_choices_follow_each_other(bob: httpx.Client) -> None:
    shown = model(bob, catalog="main", schema="ml", model="churn").text
    for option in ('value="main" selected', 'value="ml" selected', 'value="churn" selected'):
        assert option in shown
    assert '<option value="5" disabled>' in shown or 'value="5" disabled' in shown
    assert "@champion (version 3 now)" in shown


def test_the_newest_ready_version_is_proposed(bob: httpx.Client) -> None:
    assert (
        inputs(model(bob, changed="model", catalog="main", schema="ml", model="churn"))[ENTITY + "entity_version"]
        == "4"
    )


def test_another_catalog_empties_what_lies_below(bob: httpx.Client) -> None:
    shown = inputs(model(bob, changed="catalog", catalog="system", schema="ml", model="churn", entity_version="3"))
    assert (shown[ENTITY + "schema"], shown[ENTITY + "model"], shown[ENTITY + "entity_version"]) == ("", "", "")


def test_the_workspace_registry_is_there_too(bob: httpx.Client) -> None:
    assert "wine_quality_classic" in model(bob, source="workspace").text


def test_the_steps_of_provisioned_throughput_are_asked_for(bob: httpx.Client) -> None:
    tokens = model(bob, "provisioned", catalog="system", schema="ai", model="mistral_7b_instruct_v0_2").text
    assert "In steps of 980." in tokens
    units = model(
        bob, "provisioned", "model", catalog="system", schema="ai", model="llama_4_maverick", measure="tokens"
    )
    assert "In steps of 50." in units.text
    assert inputs(units)[ENTITY + "measure"] == "units"
    refused = model(bob, "provisioned", catalog="system", schema="ai", model="claude_sonnet_4").text
    assert "not eligible" in refused


def test_a_refused_listing_becomes_free_text_with_the_reason(bob: httpx.Client, emulator: Emulator) -> None:
    body = {"error_code": "PERMISSION_DENIED", "message": "No access to the metastore."}
    fault(emulator, "GET", "/api/2.1/unity-catalog/catalogs", "status", status=403, body=body)
    shown = model(bob).text
    assert "You may not list these: No access to the metastore." in shown
    assert f'<input class="form-control" id="f-served-entities-0--catalog" name="{ENTITY}catalog" type="text"' in shown


def test_a_failing_listing_does_not_stop_the_form(bob: httpx.Client, emulator: Emulator) -> None:
    fault(emulator, "GET", "/api/2.0/secrets/scopes/list", "status", status=500)
    shown = bob.get(PICK + "secret", params={"p": "x."})
    assert shown.status_code == 200
    assert "Type the name instead." in shown.text


def test_secret_scopes_and_keys_are_those_one_may_read(bob: httpx.Client, charlie: httpx.Client) -> None:
    mine = bob.get(PICK + "secret", params={"p": "x.", "x.scope": "ml"}).text
    assert 'value="ml" selected' in mine
    assert '<option value="openai">' in mine
    assert "prod" not in mine
    assert "no secret scope you may see" in charlie.get(PICK + "secret", params={"p": "x."}).text


def test_people_are_suggested_by_name(bob: httpx.Client) -> None:
    given = {"i": "0", "permissions[0].name": "berg", "permissions[0].kind": "user"}
    assert "bob@example.com" in bob.get(PICK + "people", params=given).text


def test_without_scripts_rows_are_added_and_removed_by_plain_posts(bob: httpx.Client) -> None:
    first = inputs(bob.post("/endpoints/new", data={**custom("n-rows"), "do": "add-entity"}))
    assert "served_entities[1].model" in first
    assert first["served_entities[1].catalog"] == "main"
    rows = inputs(bob.post("/endpoints/new", data={**first, "do": "add-variable-1"}))
    assert "served_entities[1].environment_vars[0].name" in rows
    for what in ("tag", "limit", "grant"):
        rows = inputs(bob.post("/endpoints/new", data={**rows, "do": f"add-{what}"}))
    assert {"tags[0].key", "gateway.rate_limits[0].calls", "permissions[0].name"} <= set(rows)
    fewer = inputs(bob.post("/endpoints/new", data={**rows, "do": "remove-entity-0"}))
    assert "served_entities[1].model" not in fewer


def test_another_provider_shows_its_own_fields(bob: httpx.Client) -> None:
    fields = external("n-x", **{"served_entities[0].external_model.provider": "amazon-bedrock", "do": "refresh"})
    shown = bob.post("/endpoints/new", data=fields).text
    assert "amazon_bedrock_config.aws_region" in shown
    assert "openai_config" not in shown


def test_every_kind_has_a_page_and_the_chooser_names_them(bob: httpx.Client) -> None:
    chooser = bob.get("/endpoints/new").text
    for kind in ("foundation", "provisioned", "custom", "external"):
        assert f'href="/endpoints/new?kind={kind}"' in chooser
        assert bob.get(f"/endpoints/new?kind={kind}").status_code == 200
