"""A served entity's form, for every kind of endpoint: which model, on what compute, with which variables."""

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from web.changes.forms import external, variables
from web.changes.forms.external import ExternalForm
from web.changes.forms.tree import Tree, branch, carried, leftover, merged, text, whole
from web.changes.forms.variables import VariableForm

Kind = Literal["foundation", "provisioned", "custom", "external"]
KINDS: tuple[Kind, ...] = ("foundation", "provisioned", "custom", "external")
FOUNDATION = "system.ai."
PLAIN = (
    "name", "source", "catalog", "schema", "model", "entity_version", "workload_type", "sizing", "workload_size",
    "min_provisioned_concurrency", "max_provisioned_concurrency", "scale_to_zero_enabled", "instance_profile_arn",
    "measure", "min_provisioned_throughput", "max_provisioned_throughput", "provisioned_model_units",
    "burst_scaling_enabled", "traffic", "was", "shown",
)  # fmt: skip

OF_API = tuple(name for name in PLAIN[5:] if name not in ("sizing", "measure", "traffic", "was", "shown"))


@dataclass
class EntityForm:
    """Fields as text, named as in the API. `source`: catalog, workspace or typed; `sizing`: size or concurrency;
    `measure`: tokens or units; `traffic`: percent; `entity_version`: a number or `@alias`; `was`: the name of the live
    entity that this one is edited from; `shown`: whether its card is open ("yes", "no", "" when nobody has said)."""

    name: str = ""
    source: str = "catalog"
    catalog: str = ""
    schema: str = ""
    model: str = ""
    entity_version: str = ""
    workload_type: str = "CPU"
    sizing: str = "size"
    workload_size: str = "Small"
    min_provisioned_concurrency: str = ""
    max_provisioned_concurrency: str = ""
    scale_to_zero_enabled: str = ""
    instance_profile_arn: str = ""
    measure: str = ""
    min_provisioned_throughput: str = ""
    max_provisioned_throughput: str = ""
    provisioned_model_units: str = ""
    burst_scaling_enabled: str = ""
    traffic: str = ""
    was: str = ""
    shown: str = ""
    variables: list[VariableForm] = field(default_factory=list)
    external: ExternalForm = field(default_factory=ExternalForm)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def entity_name(self) -> str:
        """`catalog.schema.model`, or a workspace model's name; empty as long as a part is missing."""
        if self.source != "catalog":
            return self.model
        parts = (self.catalog, self.schema, self.model)
        return ".".join(parts) if all(parts) else ""

    @property
    def kept(self) -> list[str]:
        """The names of what travels in `extra`, the route's own fields among them."""
        return [n for n in self.extra if n != "$route"] + [f"route: {n}" for n in self.extra.get("$route", {})]

    @property
    def alias(self) -> str:
        """The alias chosen in place of a version, without its `@`."""
        return self.entity_version[1:] if self.entity_version.startswith("@") else ""


def read(tree: Tree, owner: str) -> EntityForm:
    """A submitted entity. Typed secrets are held for `owner`."""
    form = EntityForm()
    for name in PLAIN:
        setattr(form, name, text(tree, name, getattr(form, name)))
    form.variables = variables.read(tree, owner)
    form.external = external.read(branch(tree, "external_model"), owner)
    form.extra = carried(tree)
    return form


def write(form: EntityForm, kind: Kind) -> dict[str, Any]:
    """The served entity as the API takes it, with what the form had no field for."""
    known = _external(form) if kind == "external" else _model(form, kind)
    extra = dict(form.extra)
    if kind == "external" and isinstance(extra.get("external_model"), dict):
        config = form.external.known.config if form.external.known else ""
        kept = {k: v for k, v in extra["external_model"].items() if not k.endswith("_config") or k == config}
        extra["external_model"] = kept
    return merged(extra, known)


def _external(form: EntityForm) -> dict[str, Any]:
    return {**_named(form), "external_model": external.write(form.external)}


def _named(form: EntityForm) -> dict[str, Any]:
    return {"name": form.name} if form.name else {}


def _model(form: EntityForm, kind: Kind) -> dict[str, Any]:
    entity: dict[str, Any] = {**_named(form), "entity_name": form.entity_name}
    if form.entity_version:
        entity["entity_version"] = form.entity_version
    if kind == "provisioned":
        entity |= _throughput(form)
    if kind == "custom":
        entity |= _compute(form)
        if chosen := variables.write(form.variables):
            entity["environment_vars"] = chosen
        if form.instance_profile_arn:
            entity["instance_profile_arn"] = form.instance_profile_arn
    return entity


def _compute(form: EntityForm) -> dict[str, Any]:
    out: dict[str, Any] = {"workload_type": form.workload_type} if form.workload_type else {}
    if form.sizing == "concurrency":
        for end in ("min_provisioned_concurrency", "max_provisioned_concurrency"):
            out[end] = whole(getattr(form, end))
    elif form.workload_size:
        out["workload_size"] = form.workload_size
    if form.scale_to_zero_enabled in ("true", "false"):
        out["scale_to_zero_enabled"] = form.scale_to_zero_enabled == "true"
    return out


def _throughput(form: EntityForm) -> dict[str, Any]:
    if form.measure == "units":
        burst = form.burst_scaling_enabled
        said = {"burst_scaling_enabled": burst != "false"} if burst else {}
        return {"provisioned_model_units": whole(form.provisioned_model_units), **said}
    low, high = form.min_provisioned_throughput, form.max_provisioned_throughput
    lowest = {"min_provisioned_throughput": whole(low)} if low else {}
    return {**lowest, "max_provisioned_throughput": whole(high)}


def from_entity(entity: dict[str, Any], kind: Kind, *, copied: bool = False) -> EntityForm:
    """The form of an entity. Secrets in it are marks already. `copied`: it comes from a live endpoint."""
    form = EntityForm(name=_text(entity, "name"))
    if kind == "external":
        form.external = external.from_model(branch(entity, "external_model"), copied=copied)
    else:
        _place(form, _text(entity, "entity_name"), kind)
        for name in OF_API:
            setattr(form, name, _text(entity, name))
        form.sizing = "concurrency" if entity.get("max_provisioned_concurrency") is not None else "size"
        form.measure = "units" if entity.get("provisioned_model_units") is not None else "tokens"
        form.variables = variables.from_map(entity.get("environment_vars"))
    form.extra = leftover(entity, write(form, kind))
    return form


def _place(form: EntityForm, full_name: str, kind: Kind) -> None:
    parts = full_name.split(".")
    if len(parts) == 3:
        form.catalog, form.schema, form.model = parts
    else:
        form.source, form.model = "typed" if "." in full_name or kind != "custom" else "workspace", full_name
        if not full_name:
            form.source = "catalog"


def _text(entity: dict[str, Any], name: str) -> str:
    value = entity.get(name)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or isinstance(value, dict | list) else str(value)


def default_name(entity: dict[str, Any]) -> str:
    """The name the workspace would give: model and version, or the external model's name, in allowed characters."""
    model = branch(entity, "external_model")
    short = str(model.get("name") or "") or str(entity.get("entity_name") or "").rpartition(".")[2]
    version = str(entity.get("entity_version") or "")
    raw = f"{short}-{version}" if version and not model else short
    return re.sub(r"[^A-Za-z0-9_-]+", "-", raw).strip("-_")[:60]
