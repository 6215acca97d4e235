"""What the tests of the config form share: the form of a page, its buttons, and what the workspace received."""

import json
import re
from typing import Any

import httpx

from tests.features.changes.support import until_ready
from tests.features.create.support import Fields, inputs, messages, textarea
from web.changes.fields import current_config, writable_config
from web.emulator.server import Emulator


def place(number: int) -> str:
    """The prefix of an entity's fields."""
    return f"served_entities[{number}]."


def opened(who: httpx.Client, name: str, query: str = "") -> Fields:
    """The fields of the form as the page shows it, as a browser without scripts would send them."""
    shown = who.get(f"/endpoints/{name}/config{query}")
    assert shown.status_code == 200, messages(shown)
    return form(shown)


def form(shown: httpx.Response) -> Fields:
    """The fields of a page's form."""
    return {k: v for k, v in inputs(shown).items() if k != "do"}


def press(who: httpx.Client, name: str, fields: Fields, do: str = "review") -> httpx.Response:
    """Press a button of the form."""
    return who.post(f"/endpoints/{name}/config", data={**fields, "do": do})


def apply(who: httpx.Client, reviewed: httpx.Response) -> httpx.Response:
    """From the answer to Review on: look at the Review page, accept its warnings and press Apply."""
    assert reviewed.status_code == 303, messages(reviewed)
    shown = who.get(reviewed.headers["location"])
    assert shown.status_code == 200
    seen = re.search(r'name="seen" value="([^"]*)"', shown.text)
    draft = reviewed.headers["location"].rpartition("/")[2]
    accepted = re.findall(r'name="acknowledge" value="([^"]*)"', shown.text)
    return who.post("/changes", data={"draft": draft, "seen": seen[1] if seen else "", "acknowledge": accepted})


def send(who: httpx.Client, name: str, fields: Fields) -> None:
    """Review and Apply."""
    done = apply(who, press(who, name, fields))
    assert done.headers.get("location") == f"/endpoints/{name}", messages(done)


def text_of(who: httpx.Client, name: str, fields: Fields) -> dict[str, Any]:
    """The JSON tab's value of a form."""
    return dict(json.loads(textarea(who.post(f"/endpoints/{name}/config/convert?to=json", data=fields))))


def live(who: httpx.Client, name: str) -> dict[str, Any]:
    """The config as the workspace has it, as far as it can be written."""
    return writable_config(current_config(who.get(f"/api/v1/endpoints/{name}").json()))


def settled(who: httpx.Client, name: str) -> dict[str, Any]:
    """The same once no update runs any more."""
    return writable_config(current_config(until_ready(who, name)))


def received(emulator: Emulator) -> dict[str, Any]:
    """The body of the last config update the workspace received."""
    entry = next(e for e in reversed(emulator.world.requests.entries) if e.method == "PUT" and e.body)
    return dict(json.loads(entry.body))


def direct(emulator: Emulator, method: str, path: str, body: dict[str, Any], who: str = "bob") -> httpx.Response:
    """A call of the workspace past the portal."""
    url = f"{emulator.url}/api/2.0/serving-endpoints{path}"
    return httpx.request(method, url, json=body, headers={"Authorization": f"Bearer dapi-{who}"}, timeout=10)


def entity(name: str, version: str = "3", **more: Any) -> dict[str, Any]:
    """A custom model as a body has it."""
    return {"name": name, "entity_name": "main.ml.churn", "entity_version": version, "workload_type": "CPU",
            "workload_size": "Small", "scale_to_zero_enabled": True, **more}  # fmt: skip


def routes(**shares: int) -> dict[str, Any]:
    """A traffic_config of these shares."""
    return {"routes": [{"served_entity_name": n, "traffic_percentage": p} for n, p in shares.items()]}


def make(emulator: Emulator, who: httpx.Client, name: str, config: dict[str, Any]) -> None:
    """An endpoint of bob's that serves this config."""
    answer = direct(emulator, "POST", "", {"name": name, "config": config})
    assert answer.status_code == 200, answer.text
    until_ready(who, name)
