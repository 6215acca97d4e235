"""The entities of an endpoint and the traffic between them: forms in, `served_entities` and `traffic_config` out."""

from typing import Any

from web.changes.fields import route_name
from web.changes.forms import entity, held
from web.changes.forms.entity import EntityForm, Kind
from web.changes.forms.tree import Tree, branch, leftover, merged, rows, whole


def read(tree: Tree, owner: str) -> list[EntityForm]:
    """The submitted entities, at least one."""
    return [entity.read(row, owner) for row in rows(tree, "served_entities")] or [EntityForm()]


def write(forms: list[EntityForm], kind: Kind, *, fill: bool = True) -> dict[str, Any]:
    """`{"served_entities", "traffic_config"}`. Nameless entities get the workspace's own name for them.

    `fill`: an entity without a share gets one, 100 when it is alone; else it stays without a route.
    """
    entities = [entity.write(form, kind) for form in forms]
    _name(entities)
    routes = []
    for form, served in zip(forms, entities, strict=True):
        extra = served.pop("$route", {})
        if not (form.traffic or fill):
            continue
        share = whole(form.traffic or ("100" if len(forms) == 1 else "0"))
        routes.append(merged(extra, {"served_entity_name": served.get("name", ""), "traffic_percentage": share}))
    return {"served_entities": entities, "traffic_config": {"routes": routes}}


def _name(entities: list[dict[str, Any]]) -> None:
    taken = {str(served["name"]) for served in entities if served.get("name")}
    for place, served in enumerate(entities):
        wanted = served.get("name") or entity.default_name(served)
        if not wanted:
            continue
        name, number = wanted, 2
        while not served.get("name") and name in taken:
            name, number = f"{wanted}-{number}", number + 1
        taken.add(name)
        entities[place] = {"name": name, **{k: v for k, v in served.items() if k != "name"}}


def from_config(config: dict[str, Any], kind: Kind, *, copied: bool = False) -> list[EntityForm]:
    """The forms of a config, at least one. What a route has beyond its share travels with its entity."""
    given = [e for e in config.get("served_entities") or [] if isinstance(e, dict)]
    routes = {route_name(r): r for r in rows(branch(config, "traffic_config"), "routes")}
    forms = []
    for served in given:
        form = entity.from_entity(served, kind, copied=copied)
        route = routes.get(form.name, {})
        form.traffic = "" if route.get("traffic_percentage") is None else str(route["traffic_percentage"])
        names = {"served_entity_name": "", "served_model_name": "", "traffic_percentage": 0}
        if rest := leftover(route, names):
            form.extra["$route"] = rest
        forms.append(form)
    return forms or [EntityForm()]


def kind_of(config: dict[str, Any], default: Kind = "custom") -> Kind:
    """The kind of endpoint a config makes, from its first entity."""
    first = next((e for e in config.get("served_entities") or [] if isinstance(e, dict)), None)
    if first is None:
        return default
    if first.get("external_model") is not None:
        return "external"
    if any(first.get(f) is not None for f in ("max_provisioned_throughput", "provisioned_model_units")):
        return "provisioned"
    if str(first.get("entity_name") or "").startswith(entity.FOUNDATION):
        return "provisioned" if default == "provisioned" else "foundation"
    return default if default == "custom" else "custom" if first.get("entity_name") else default


def hold(owner: str, config: dict[str, Any]) -> dict[str, Any]:
    """A config in which every secret is a mark."""
    out = held.hold_all(owner, config)
    return out if isinstance(out, dict) else {}
