"""Whatever a config holds: an edit by the form's own road changes that field and no other, up to what is read back."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.changes.values import UNKNOWN, endpoints
from tests.features.config.support import (
    direct,
    entity,
    form,
    live,
    make,
    opened,
    place,
    press,
    received,
    send,
    settled,
    text_of,
)
from tests.features.create.support import messages, textarea, writes
from web.changes.calls import calls_for
from web.changes.diff import canonical, diff
from web.changes.fields import writable_config
from web.changes.forms import held, tree
from web.changes.forms import live as kept
from web.changes.kinds import Change, Kind
from web.emulator.server import Emulator
from web.features.config.forms import ConfigForm, from_config, read, write

EDITS = {
    "workload_size": ("workload_size", "XXL"),
    "workload_type": ("workload_type", "GPU_NEXT"),
    "entity_version": ("entity_version", "77"),
    "instance_profile_arn": ("instance_profile_arn", "arn:aws:iam::1:instance-profile/x"),
}


def form_of(raw: dict[str, Any]) -> ConfigForm:
    """The form as the page makes it."""
    body = writable_config(kept.marked(raw)["config"])
    return from_config(body, "custom", {e["name"] for e in body["served_entities"]})


def submitted(form: ConfigForm) -> list[tuple[str, str]]:
    """What a browser sends for this form."""
    pairs = [("kind", form.kind), ("extra", json.dumps(form.extra))]
    for at, one in enumerate(form.entities):
        fields = {k: v for k, v in vars(one).items() if isinstance(v, str)} | {"extra": json.dumps(one.extra)}
        for row, variable in enumerate(one.variables):
            parts = {"mode": "mode", "scope": "scope", "key": "key", "held": "held"}
            fields |= {f"environment_vars[{row}].{n}": getattr(variable.value, a) for n, a in parts.items()}
            fields[f"environment_vars[{row}].name"] = variable.name
        pairs += [(place(at) + name, value) for name, value in fields.items()]
    return pairs


def sent_by(form: ConfigForm, raw: dict[str, Any]) -> dict[str, Any]:
    """The body of the request, from submitted fields on."""
    body, gone = held.give_all("bob", write(read(tree.parse(submitted(form)), "bob")), kept.values(raw))
    assert gone == []
    call = calls_for(Change(kind=Kind.CONFIG, endpoint="churn", body=body), raw)[0]
    assert call.body is not None
    return call.body


@settings(max_examples=40)
@given(endpoints())
def test_a_form_that_is_sent_as_it_is_asks_for_what_is_live(raw: dict[str, Any]) -> None:
    assert canonical(sent_by(form_of(raw), raw)) == canonical(writable_config(raw["config"]))


@settings(max_examples=40)
@given(endpoints(), st.sampled_from(sorted(EDITS)), st.data())
def test_one_edited_field_is_the_only_one_that_differs(raw: dict[str, Any], edit: str, data: st.DataObject) -> None:
    form = form_of(raw)
    at = data.draw(st.integers(0, len(form.entities) - 1))
    field, value = EDITS[edit]
    setattr(form.entities[at], field, value)
    rows = diff(writable_config(raw["config"]), sent_by(form, raw))
    assert [(row["path"], row["after"]) for row in rows] == [
        (f"served_entities[{form.entities[at].name}].{field}", value)
    ]


@settings(max_examples=40)
@given(endpoints(), st.data())
def test_a_rename_moves_an_entity_and_its_route_whole(raw: dict[str, Any], data: st.DataObject) -> None:
    form = form_of(raw)
    at = data.draw(st.integers(0, len(form.entities) - 1))
    old, form.entities[at].name = form.entities[at].name, "renamed"
    text = json.dumps(canonical(writable_config(raw["config"])))
    wanted = json.loads(text.replace(f'"name": "{old}"', '"name": "renamed"'))
    for route in wanted["traffic_config"]["routes"]:
        route["served_entity_name"] = "renamed" if route["served_entity_name"] == old else route["served_entity_name"]
    assert canonical(sent_by(form, raw)) == canonical(wanted)


@pytest.fixture
def keeping(emulator: Emulator) -> Emulator:
    """A workspace that keeps and shows fields nobody knows."""
    emulator.world.switches.unknown_fields_kept = True
    return emulator


@st.composite
def configs(draw: st.DrawFn) -> dict[str, Any]:
    """A config that the embedded workspace serves, with unknown fields at every level."""
    names = draw(st.lists(st.sampled_from(["one", "two-2", "three_3"]), min_size=1, max_size=3, unique=True))
    more = UNKNOWN.map(lambda found: {k: v for k, v in found.items() if v is not None})
    plain = st.dictionaries(st.sampled_from(["MODE", "LEVEL"]), st.sampled_from(["fast", "{{secrets/ml/tok}}"]))
    served = [entity(n, draw(st.sampled_from("34")), environment_vars=draw(plain), **draw(more)) for n in names]
    cut = draw(st.integers(0, 100))
    shares = [100] if len(names) == 1 else [cut, 100 - cut, 0][: len(names)]
    split = [
        {"served_entity_name": n, "traffic_percentage": p, **draw(more)} for n, p in zip(names, shares, strict=True)
    ]
    return {"served_entities": served, "traffic_config": {"routes": split, **draw(more)}, **draw(more)}


FIELDS = {"workload_size": "Large", "workload_type": "CPU_MEDIUM", "scale_to_zero_enabled": "false"}


def test_the_real_road_changes_one_field_too(bob: httpx.Client, keeping: Emulator) -> None:
    """Page → Review → Apply for generated configs: the body received, and what is read back, differ in that field."""
    number = iter(range(100))

    @settings(max_examples=5, deadline=None, database=None)
    @given(configs(), st.sampled_from(sorted(FIELDS)))
    def road(config: dict[str, Any], field: str) -> None:
        name = f"c-road-{next(number)}"
        make(keeping, bob, name, config)
        before = live(bob, name)
        send(bob, name, {**opened(bob, name), place(0) + field: FIELDS[field]})
        after = settled(bob, name)
        for got in (received(keeping), after):
            path = f"served_entities[{config['served_entities'][0]['name']}].{field}"
            assert [row["path"] for row in diff(before, got)] == [path]

    road()


def test_form_and_json_are_the_same_value_for_every_endpoint_there_is(alice: httpx.Client) -> None:
    seen = 0
    for name in [row["name"] for row in alice.get("/api/v1/endpoints").json()["endpoints"]]:
        raw = alice.get(f"/api/v1/endpoints/{name}").json()
        config = live(alice, name)
        if not raw.get("id") or not config["served_entities"]:
            continue
        fields = opened(alice, name)
        text = text_of(alice, name, fields)
        assert canonical(held.give_all("", text, kept.values(raw))[0]) == canonical(config), name
        base = {key: fields[key] for key in ("kind", "base_hash", "base_version")}
        data = {**base, "tab": "json", "json": json.dumps(text)}
        back = alice.post(f"/endpoints/{name}/config/convert?to=form", data=data)
        assert text_of(alice, name, form(back)) == text, name
        seen += 1
    assert seen >= 14


ODD = [
    "",
    "[]",
    "nope",
    '{"served_entities": "x"}',
    '{"served_entities": [3, {"name": []}]}',
    '{"served_entities": [{"name": "a", "external_model": 5}], "traffic_config": 7}',
    '{"served_entities": [{"name": "a"}], "traffic_config": {"routes": [[], {"traffic_percentage": "x"}]}}',
]


@pytest.mark.parametrize("text", ODD)
def test_odd_json_is_refused_with_a_message(bob: httpx.Client, emulator: Emulator, text: str) -> None:
    fields = {**opened(bob, "churn"), "tab": "json", "json": text}
    assert bob.post("/endpoints/churn/config/changes", data=fields).status_code == 200
    answer = press(bob, "churn", fields)
    assert answer.status_code == 422
    assert messages(answer)
    assert writes(emulator) == []


def test_odd_json_is_refused_at_its_line(bob: httpx.Client, emulator: Emulator) -> None:
    fields = {
        **opened(bob, "churn"),
        "tab": "json",
        "json": '{"served_entities": [\n  {"name": oops}]}',
        "do": "review",
    }
    answer = bob.post("/endpoints/churn/config", data=fields)
    assert answer.status_code == 422
    assert "line 2" in answer.text
    assert "oops" in textarea(answer)
    assert direct(emulator, "GET", "/churn", {}).json()["config"]["config_version"] == 4
