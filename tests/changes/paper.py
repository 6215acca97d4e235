"""A workspace on paper for histories of several editors: one endpoint, its calls carried out in memory, its leaves."""

import copy
from typing import Any

from web.audit.ledger import Ledger
from web.changes.fields import tags_of
from web.changes.kinds import Call, Kind

VALUES: dict[str, tuple[Any, ...]] = {
    "workload_size": ("Small", "Medium", "Large"),
    "entity_version": ("1", "2", "3"),
    "environment_vars": ({"MODE": "fast"}, {"MODE": "slow", "TOKEN": "s3cr3t"}),
}
KEYS, LEVELS = ("team", "env"), ("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE", None)
Leaves = dict[str, Any]


def entity(name: str) -> dict[str, Any]:
    fields = {"name": name, "entity_name": "main.ml.churn", "entity_version": "1", "scale_to_zero_enabled": True}
    return {**fields, "workload_size": "Small", "environment_vars": {"MODE": "fast"}}


def shares(a: int) -> list[dict[str, Any]]:
    """What a and b get of the traffic, in percent."""
    named = {name: share for name, share in (("a", a), ("b", 100 - a)) if share}
    return [{"served_entity_name": name, "traffic_percentage": share} for name, share in named.items()]


class Paper:
    """`live` as GET shows it, `grants` as made on it; `send` carries out a call of a plan."""

    def __init__(self, name: str) -> None:
        config = {"served_entities": [entity("a"), entity("b")], "traffic_config": {"routes": shares(90)}}
        self.live: dict[str, Any] = {
            "name": name,
            "id": "0" * 32,
            "permission_level": "CAN_MANAGE",
            "state": {"ready": "READY", "config_update": "NOT_UPDATING"},
            "config": {"config_version": 1, **config},
            "tags": [{"key": "team", "value": "1"}],
        }
        self.grants: list[dict[str, Any]] = [{"group_name": "users", "permission_level": "CAN_VIEW"}]

    def send(self, call: Call) -> None:
        """As the workspace does: config and grants are replaced, tags are added and deleted."""
        body = copy.deepcopy(call.body or {})
        if call.path.endswith("/config"):
            self.live = {
                **self.live,
                "config": {**body, "config_version": self.live["config"]["config_version"] + 1},
            }
        elif call.path.endswith("/tags"):
            tags = tags_of(self.live) | {t["key"]: t["value"] for t in body.get("add_tags") or []}
            kept = {k: v for k, v in tags.items() if k not in (body.get("delete_tags") or [])}
            self.live = {**self.live, "tags": [{"key": k, "value": v} for k, v in kept.items()]}
        else:
            assert "/permissions/" in call.path, call.path
            self.grants = body["access_control_list"]

    def seen(self) -> dict[str, Any]:
        """A copy of everything."""
        return copy.deepcopy({**self.live, "access_control_list": self.grants})


def edited(kind: Kind, seen: dict[str, Any], dice: int) -> dict[str, Any]:
    """The body of one edit of a form that shows `seen`, which one by `dice`."""
    dice, which = divmod(dice, 8)
    if kind is Kind.TRAFFIC:
        return {"routes": {r["served_entity_name"]: r["traffic_percentage"] for r in shares(10 + dice % 9 * 10)}}
    if kind is Kind.TAGS:
        key = KEYS[which % 2]
        return {"delete": [key]} if which > 5 else {"add": {key: str(dice % 3)}}
    if kind is Kind.PERMISSIONS:
        who, level = ("users", "devs")[which % 2], LEVELS[dice % 4]
        rest = [g for g in copy.deepcopy(seen["access_control_list"]) if g["group_name"] != who]
        return {"access_control_list": rest + ([{"group_name": who, "permission_level": level}] if level else [])}
    config = copy.deepcopy({k: v for k, v in seen["config"].items() if k != "config_version"})
    entities = config["served_entities"]
    if which == 7:
        return {**config, "served_entities": [*(e for e in entities if e["name"] != "c"), entity("c")]}
    if which == 6:
        config["served_entities"] = [e for e in entities if e["name"] != "b"]
        return {**config, "traffic_config": {"routes": shares(100)}}
    field = list(VALUES)[which % 3]
    entities[dice % len(entities)][field] = VALUES[field][dice // 4 % len(VALUES[field])]
    return config


def leaves(ledger: Ledger, seen: dict[str, Any]) -> Leaves:
    """Every value by its path, as a record names it, secrets hidden."""
    parts = {name: seen.get(name) for name in ("config", "tags", "access_control_list")}
    parts["config"] = {k: v for k, v in parts["config"].items() if k != "config_version"}  # type: ignore[union-attr]
    return flat(ledger.redact(parts), "")


def flat(value: Any, path: str) -> Leaves:
    """A value and all that lies in it."""
    if isinstance(value, dict) and not value.get("redacted"):
        return {k: v for name, one in value.items() for k, v in flat(one, f"{path}.{name}" if path else name).items()}
    if isinstance(value, list):
        return {k: v for one in value for k, v in flat(one, f"{path}[{_name(one)}]").items()}
    return {} if value is None else {path: value}


def _name(item: dict[str, Any]) -> str:
    return next(str(item[k]) for k in ("name", "served_entity_name", "key", "group_name") if k in item)
