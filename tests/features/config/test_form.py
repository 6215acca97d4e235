"""Editing a config by form: what changes, what stays, and what is said beside a field."""

from collections.abc import Iterator

import httpx
import pytest

from tests.features.config.support import (
    apply,
    direct,
    entity,
    form,
    live,
    make,
    opened,
    place,
    press,
    received,
    routes,
    send,
    settled,
    text_of,
)
from tests.features.create.support import beside, messages, writes
from web.changes.diff import canonical, diff
from web.emulator.server import Emulator


def paths(before: dict[str, object], after: dict[str, object]) -> set[str]:
    return {str(row["path"]) for row in diff(before, after)}


def test_one_field_is_changed_and_nothing_else_is_sent_otherwise(bob: httpx.Client, emulator: Emulator) -> None:
    before = live(bob, "churn")
    send(bob, "churn", {**opened(bob, "churn"), place(0) + "workload_size": "Large"})
    assert paths(before, received(emulator)) == {"served_entities[churn-3].workload_size"}
    assert paths(before, settled(bob, "churn")) == {"served_entities[churn-3].workload_size"}


def test_a_newer_version_is_one_click_away(bob: httpx.Client, emulator: Emulator) -> None:
    shown = bob.get("/endpoints/churn/config").text
    assert 'value="use-entity-0-4"' in shown
    assert 'value="use-entity-1-' not in shown.replace('value="use-entity-1-3"', "")
    chosen = form(press(bob, "churn", opened(bob, "churn"), "use-entity-0-4"))
    before = live(bob, "churn")
    send(bob, "churn", chosen)
    assert paths(before, received(emulator)) == {"served_entities[churn-3].entity_version"}


def test_each_alias_is_one_click_away_and_may_be_chosen_in_the_list(bob: httpx.Client, emulator: Emulator) -> None:
    assert "Use @champion (version 3)" in bob.get("/endpoints/churn/config").text
    fields = {**opened(bob, "churn"), place(1) + "entity_version": "@champion"}
    send(bob, "churn", fields)
    assert received(emulator)["served_entities"][1]["entity_version"] == "3"


def test_a_canary_begins_beside_what_serves_without_traffic(bob: httpx.Client, emulator: Emulator) -> None:
    before = live(bob, "churn")
    fields = form(press(bob, "churn", opened(bob, "churn"), "beside-entity-0-4"))
    assert (fields[place(1) + "name"], fields[place(1) + "traffic"]) == ("churn-4-2", "0")
    send(bob, "churn", fields)
    sent = received(emulator)
    assert sent["served_entities"][1] == {**before["served_entities"][0], "name": "churn-4-2", "entity_version": "4"}
    assert paths(before, sent) == {"served_entities[churn-4-2]", "traffic_config.routes[churn-4-2]"}


def test_a_rename_takes_its_traffic_and_unknown_fields_along(bob: httpx.Client, emulator: Emulator) -> None:
    emulator.world.switches.unknown_fields_kept = True
    one = entity("one", future={"deep": [1]})
    split = {"routes": [{"served_entity_name": "one", "traffic_percentage": 100, "pinned": True}]}
    make(emulator, bob, "c-rename", {"served_entities": [one], "traffic_config": split})
    fields = {**opened(bob, "c-rename"), place(0) + "name": "two"}
    send(bob, "c-rename", fields)
    sent = received(emulator)
    assert sent["served_entities"] == [{**one, "name": "two"}]
    assert sent["traffic_config"]["routes"] == [
        {"served_entity_name": "two", "traffic_percentage": 100, "pinned": True}
    ]


def test_an_entity_is_duplicated_and_removed(bob: httpx.Client, emulator: Emulator) -> None:
    twice = form(press(bob, "fraud-realtime", opened(bob, "fraud-realtime"), "duplicate-entity-0"))
    assert (twice[place(1) + "name"], twice[place(1) + "traffic"]) == ("fraud-2-copy", "0")
    once = form(press(bob, "fraud-realtime", twice, "remove-entity-0"))
    assert once[place(0) + "traffic"] == "100"
    send(bob, "fraud-realtime", once)
    assert [e["name"] for e in received(emulator)["served_entities"]] == ["fraud-2-copy"]


def test_the_share_of_a_removed_entity_goes_to_the_rest(bob: httpx.Client, emulator: Emulator) -> None:
    split = routes(one=45, two=15, three=40)
    make(
        emulator,
        bob,
        "c-gone",
        {"served_entities": [entity(n) for n in ("one", "two", "three")], "traffic_config": split},
    )
    left = form(press(bob, "c-gone", opened(bob, "c-gone"), "remove-entity-2"))
    assert [left[place(0) + "traffic"], left[place(1) + "traffic"]] == ["75", "25"]


def test_nothing_changed_is_no_change(bob: httpx.Client, emulator: Emulator) -> None:
    answer = press(bob, "churn", opened(bob, "churn"))
    assert answer.status_code == 422
    assert "Nothing is changed yet" in messages(answer)
    assert writes(emulator) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (place(0) + "entity_version", "99", "no version 99"),
        (place(0) + "entity_version", "5", "PENDING_REGISTRATION"),
        (place(0) + "entity_version", "@nope", "@nope"),
        (place(0) + "model", "", "Choose a model."),
        (place(0) + "name", "churn-4", "Two served entities are named"),
        (place(0) + "name", "a b", "letters, digits"),
    ],
)
def test_a_broken_rule_is_told_at_its_field(
    bob: httpx.Client, emulator: Emulator, field: str, value: str, said: str
) -> None:
    answer = press(bob, "churn", {**opened(bob, "churn"), field: value})
    assert answer.status_code == 422
    assert said in beside(answer, field), messages(answer)
    assert form(answer)[field] == value
    assert writes(emulator) == []


def test_a_split_that_does_not_add_up_is_told_at_the_traffic(bob: httpx.Client, emulator: Emulator) -> None:
    answer = press(bob, "churn", {**opened(bob, "churn"), place(0) + "traffic": "50"})
    assert answer.status_code == 422
    assert "add up to 60, not to 100" in messages(answer)
    assert writes(emulator) == []


def test_a_chosen_value_the_form_does_not_offer_stays(bob: httpx.Client, emulator: Emulator) -> None:
    spec = emulator.world.endpoints["churn"].config.entities[0].spec  # type: ignore[union-attr]
    spec["workload_type"], spec["workload_size"] = "GPU_QUANTUM", "Huge"
    fields = opened(bob, "churn")
    assert (fields[place(0) + "workload_type"], fields[place(0) + "workload_size"]) == ("GPU_QUANTUM", "Huge")
    assert canonical(text_of(bob, "churn", fields)) == canonical(live(bob, "churn"))


def test_an_endpoint_without_config_gets_its_first(alice: httpx.Client, emulator: Emulator) -> None:
    external = alice.get("/endpoints/scratch/config?kind=external").text
    assert 'name="served_entities[0].external_model.provider"' in external
    fields = opened(alice, "scratch")
    model = {"catalog": "main", "schema": "public", "model": "wine_quality", "entity_version": "1"}
    wanted = {**model, "scale_to_zero_enabled": "true"}
    sent = press(alice, "scratch", fields | {place(0) + k: v for k, v in wanted.items()})
    assert apply(alice, sent).headers["location"] == "/endpoints/scratch"
    assert received(emulator)["served_entities"][0]["name"] == "wine_quality-1"


def test_one_chooses_whether_to_start_from_what_serves_or_from_what_failed(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/lead-scoring/config").text
    assert "The update to version 4 failed" in page
    assert opened(bob, "lead-scoring")[place(0) + "name"] == "lead-scoring-2"
    tried = opened(bob, "lead-scoring", "?start=tried")
    assert tried[place(0) + "name"] == "lead-scoring-1"
    assert "Removed" in bob.get("/endpoints/lead-scoring/config?start=tried").text
    assert opened(bob, "invoice-ocr")[place(0) + "name"] == "invoice-ocr-1"


@pytest.fixture
def slowly(emulator: Emulator) -> Iterator[None]:
    """Updates take as long as they really do."""
    emulator.world.clock.speed, before = 1.0, emulator.world.clock.speed
    yield
    emulator.world.clock.speed = before


@pytest.mark.usefixtures("slowly")
def test_an_update_in_progress_can_be_edited_and_review_says_that_it_has_to_wait(
    bob: httpx.Client, emulator: Emulator
) -> None:
    assert direct(emulator, "PUT", "/churn/config", {"served_entities": [entity("churn-3")]}).status_code == 200
    assert "A config update is in progress" in bob.get("/endpoints/churn/config").text
    sent = press(bob, "churn", {**opened(bob, "churn"), place(0) + "workload_size": "Large"})
    assert sent.status_code == 303, messages(sent)
    assert "Apply when it is done" in bob.get(sent.headers["location"]).text


def test_a_stopped_endpoint_says_so(bob: httpx.Client) -> None:
    assert "This endpoint is stopped" in bob.get("/endpoints/price-forecast/config").text


def test_burst_scaling_is_said_to_be_write_only(bob: httpx.Client, emulator: Emulator) -> None:
    units = {"name": "m", "entity_name": "system.ai.llama_4_maverick", "entity_version": "1",
             "provisioned_model_units": 50}  # fmt: skip
    answer = direct(emulator, "POST", "/pt", {"name": "c-units", "config": {"served_entities": [units]}})
    assert answer.status_code == 200, answer.text
    fields = opened(bob, "c-units")
    emulator.world.clock.advance(7200)
    shown = press(bob, "c-units", fields, "refresh")
    assert "never shows it" in shown.text
    send(bob, "c-units", {**form(shown), place(0) + "provisioned_model_units": "100"})
    assert received(emulator)["config"]["served_entities"][0]["provisioned_model_units"] == 100
    assert "burst_scaling_enabled" not in received(emulator)["config"]["served_entities"][0]


def test_what_is_removed_new_and_changed_is_said_while_one_edits(bob: httpx.Client) -> None:
    fields = {**opened(bob, "churn"), place(0) + "workload_size": "Large", "do": "x"}
    said = bob.post("/endpoints/churn/config/changes", data=fields).text
    assert "workload_size" in said
    assert "Small" in said
    assert "Large" in said
    assert 'id="entity-0-mark"' in said


def test_a_split_of_two_uses_the_routes_in_one_block(bob: httpx.Client, emulator: Emulator) -> None:
    make(emulator, bob, "c-split", {
        "served_entities": [entity("one"), entity("two", "4")], "traffic_config": routes(one=60, two=40)
    })  # fmt: skip
    send(bob, "c-split", {**opened(bob, "c-split"), place(0) + "traffic": "25", place(1) + "traffic": "75"})
    assert received(emulator)["traffic_config"] == routes(one=25, two=75)
