"""Duplicate endpoint: every kind fills a form that can be reviewed; what does not come along is said."""

from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from tests.features.create.support import as_json, inputs, review
from web.workspace.names import ENDPOINT

if TYPE_CHECKING:
    from web.emulator.server import Emulator


def copied(who: httpx.Client, name: str) -> tuple[str, dict[str, str]]:
    """The page of a copy, and its form's fields."""
    page = who.get(f"/endpoints/new?from={name}")
    assert page.status_code == 200
    return page.text, {k: v for k, v in inputs(page).items() if k != "do"}


def test_a_copy_of_every_kind_can_be_reviewed(alice: httpx.Client) -> None:
    for name, kind in (
        ("databricks-gpt-oss-120b", "foundation"),
        ("llama-8b-throughput", "provisioned"),
        ("company-gpt", "external"),
        ("churn", "custom"),
        ("support-agent", "custom"),
        ("price-forecast", "custom"),
    ):
        _, fields = copied(alice, name)
        assert fields["kind"] == kind
        fields["name"] = fields["name"] or "of-my-own"
        assert review(alice, fields).status_code == 303, name


def test_every_page_of_an_endpoint_offers_it(bob: httpx.Client) -> None:
    for page in ("/endpoints/churn", "/endpoints/churn/settings", "/endpoints/databricks-gpt-oss-120b"):
        assert 'href="/endpoints/new?from=' in bob.get(page).text


def test_grants_and_gateway_come_along_without_ones_own_and_without_its_table(bob: httpx.Client) -> None:
    page, fields = copied(bob, "support-agent")
    body = as_json(bob, fields)
    assert {"user_name": "erin@example.com", "permission_level": "CAN_QUERY"} in body["permissions"]
    assert all(grant.get("user_name") != "bob@example.com" for grant in body["permissions"])
    body = as_json(bob, copied(bob, "churn")[1])
    assert body["ai_gateway"]["usage_tracking_config"] == {"enabled": True}
    assert "table_name_prefix" not in body["ai_gateway"]["inference_table_config"]
    assert "direct grants are copied" in page
    assert "legacy inference table is left out" in copied(bob, "churn-legacy")[0]


def test_grants_that_may_not_be_read_are_said_to_be_missing(emulator: "Emulator", charlie: httpx.Client) -> None:
    emulator.world.switches.permissions_read_level = "CAN_MANAGE"
    try:
        page, fields = copied(charlie, "wine-quality")
    finally:
        emulator.world.switches.permissions_read_level = "CAN_VIEW"
    assert "none are copied" in page
    assert "permissions" not in as_json(charlie, fields)


def test_a_long_name_stays_a_name(emulator: "Emulator", bob: httpx.Client) -> None:
    long = "c" * 56 + "-longer"
    emulator.world.endpoints[long] = replace(emulator.world.endpoints["churn"], name=long)
    try:
        assert ENDPOINT.fullmatch(copied(bob, long)[1]["name"])
    finally:
        del emulator.world.endpoints[long]
