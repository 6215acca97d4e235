"""Whatever an endpoint holds, changing one field sends everything else as it was."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.changes.values import SIZES, endpoints
from web.changes.calls import calls_for, desired_config
from web.changes.diff import canonical, diff
from web.changes.fields import READ_ONLY_ENTITY, current_config, writable_config
from web.changes.kinds import Change, Kind


def edit_of(live: dict[str, Any]) -> dict[str, Any]:
    """The body an editor starts from: the live config as it can be written."""
    return copy.deepcopy(writable_config(current_config(live)))


@given(endpoints(), SIZES, st.data())
def test_one_changed_field_leaves_every_other_equal(live: dict[str, Any], size: str, data: st.DataObject) -> None:
    body = edit_of(live)
    place = data.draw(st.integers(0, len(body["served_entities"]) - 1))
    body["served_entities"][place]["workload_size"] = size
    sent = calls_for(Change(kind=Kind.CONFIG, endpoint="churn", body=body), live)[0].body
    name = body["served_entities"][place]["name"]
    rows = diff(writable_config(current_config(live)), sent)
    assert {row["path"] for row in rows} <= {f"served_entities[{name}].workload_size"}


@given(endpoints())
def test_an_edit_that_knows_no_unknown_field_carries_them_all_through(live: dict[str, Any]) -> None:
    known = {"served_entities": [], "traffic_config": edit_of(live)["traffic_config"]}
    for entity in edit_of(live)["served_entities"]:
        known["served_entities"].append({k: v for k, v in entity.items() if not k.startswith("x")})
    sent = desired_config(Change(kind=Kind.CONFIG, endpoint="churn", body=known), live)
    assert canonical(sent) == canonical(writable_config(current_config(live)))


@given(endpoints())
def test_a_traffic_shift_sends_the_entities_as_they_are(live: dict[str, Any]) -> None:
    names = [e["name"] for e in current_config(live)["served_entities"]]
    routes = {n: (100 if n == names[0] else 0) for n in names}
    sent = calls_for(Change(kind=Kind.TRAFFIC, endpoint="churn", body={"routes": routes}), live)[0].body
    assert sent is not None
    assert sent["served_entities"] == writable_config(current_config(live))["served_entities"]
    assert sum(r["traffic_percentage"] for r in sent["traffic_config"]["routes"]) == 100


@given(endpoints())
def test_nothing_the_workspace_owns_is_ever_sent(live: dict[str, Any]) -> None:
    sent = calls_for(Change(kind=Kind.CONFIG, endpoint="churn", body=edit_of(live)), live)[0].body
    assert sent is not None
    assert "served_models" not in sent
    assert "config_version" not in sent
    for entity in sent["served_entities"]:
        assert not READ_ONLY_ENTITY & set(entity)
