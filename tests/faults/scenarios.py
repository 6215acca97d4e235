"""What is done under faults: each kind of change on an endpoint of its own, ready to be sent."""

import copy
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.faults.rig import ACTOR, Rig
from tests.features.changes.support import change, custom
from web.changes import drafts, preview, queue
from web.changes.carry import carry_out
from web.changes.fields import writable_config
from web.changes.kinds import Change
from web.changes.perform import Result, perform
from web.errors import PortalError

API = "/api/2.0/serving-endpoints"
GRANT = [{"group_name": "users", "permission_level": "CAN_QUERY"}]


@dataclass
class Scenario:
    """`go()` sends it, again under the same key; `match`: (method, glob) of each of its writes, in order."""

    change: Change
    go: Callable[[], Result | None]
    match: list[tuple[str, str]]


def create(rig: Rig) -> Scenario:
    wanted = custom(name())
    return plain(rig, wanted, [("POST", API)])


def create_with_permissions(rig: Rig) -> Scenario:
    wanted = custom(name(), permissions=GRANT)
    return plain(rig, wanted, [("POST", API), ("PATCH", "/api/2.0/permissions/serving-endpoints/*")])


def config(rig: Rig) -> Scenario:
    live = ready(rig)
    body = copy.deepcopy(writable_config(live["config"]))
    body["served_entities"][0]["workload_size"] = "Medium"
    return plain(rig, change("config.update", live["name"], **body), [("PUT", f"{API}/*/config")])


def traffic(rig: Rig) -> Scenario:
    live = ready(rig, second=True)
    wanted = change("traffic.update", live["name"], routes={"churn-1": 60, "churn-2": 40})
    return plain(rig, wanted, [("PUT", f"{API}/*/config")])


def tags(rig: Rig) -> Scenario:
    wanted = change("tags.update", ready(rig)["name"], add={"team": "ml"})
    return plain(rig, wanted, [("PATCH", f"{API}/*/tags")])


def gateway(rig: Rig) -> Scenario:
    limits = [{"calls": 7, "key": "endpoint", "renewal_period": "minute"}]
    wanted = change("gateway.update", ready(rig)["name"], rate_limits=limits)
    return plain(rig, wanted, [("PUT", f"{API}/*/ai-gateway")])


def permissions(rig: Rig) -> Scenario:
    live = ready(rig)
    mine = [{"user_name": ACTOR.email, "permission_level": "CAN_MANAGE"}, *GRANT]
    wanted = change("permissions.update", live["name"], access_control_list=mine)
    return plain(rig, wanted, [("PUT", "/api/2.0/permissions/serving-endpoints/*")])


def delete(rig: Rig) -> Scenario:
    return plain(rig, change("endpoint.delete", ready(rig)["name"]), [("DELETE", f"{API}/*")])


def restore(rig: Rig) -> Scenario:
    """Two parts come back, each by a call of its own."""
    live = ready(rig)
    wanted = writable_config(live["config"])
    wanted["served_entities"][0]["workload_size"] = "Medium"
    body = {"config": wanted, "tags": [{"key": "was", "value": "here"}]}
    return plain(
        rig, change("endpoint.restore", live["name"], **body), [("PUT", f"{API}/*/config"), ("PATCH", f"{API}/*/tags")]
    )


def queued(rig: Rig) -> Scenario:
    """A reviewed change whose turn has come."""
    live = ready(rig)
    wanted = Change.model_validate(change("tags.update", live["name"], add={"team": "queued"}))
    draft = drafts.start(rig.ledger, ACTOR, wanted, None).rsplit("/", 1)[1]
    row = queue.join(rig.ledger, ACTOR, rig.ws.host, wanted, str(live["id"]), draft, "")
    seq = int(row.seq or 0)

    def go() -> None:
        carry_out(rig.ledger, rig.ws, ACTOR, seq)

    return Scenario(wanted, go, [("PATCH", f"{API}/*/tags")])


ALL = (create, create_with_permissions, config, traffic, tags, gateway, permissions, delete, restore, queued)


def plain(rig: Rig, wanted: dict[str, Any], match: list[tuple[str, str]]) -> Scenario:
    """Straight from its Review, every warning accepted."""
    made, key = Change.model_validate(wanted), uuid.uuid4().hex
    codes = acknowledged(rig, made)
    return Scenario(made, lambda: perform(rig.ledger, rig.ws, ACTOR, made, None, key, acknowledged=codes), match)


def acknowledged(rig: Rig, made: Change) -> list[str]:
    """The codes of all that has to be accepted."""
    try:
        return [w.code for w in preview.look(rig.ledger, rig.ws, made).plan.warnings if w.must_acknowledge]
    except PortalError:
        return []


def name() -> str:
    return f"f-{uuid.uuid4().hex[:10]}"


def ready(rig: Rig, *, second: bool = False) -> dict[str, Any]:
    """A custom endpoint of bob's that serves, made beside the portal."""
    wanted = custom(name())
    body = {"name": wanted["endpoint"], **wanted["body"]}
    if second:
        entities = body["config"]["served_entities"]
        entities.append({**entities[0], "name": "churn-2", "entity_version": "2"})
        shares = {"churn-1": 90, "churn-2": 10}
        routes = [{"served_model_name": n, "traffic_percentage": p} for n, p in shares.items()]
        body["config"]["traffic_config"] = {"routes": routes}
    answer = rig.raw("POST", API, body)
    assert answer.status_code == 200, answer.text
    rig.until(lambda: rig.raw("GET", f"{API}/{body['name']}").json()["state"]["config_update"] == "NOT_UPDATING")
    return dict(rig.raw("GET", f"{API}/{body['name']}").json())
