"""The endpoint as Terraform resources: databricks_model_serving, its grants, and how to take over what exists."""

from typing import Any

from web.changes.kinds import Change, Kind
from web.changes.spell import hcl
from web.changes.spell.fit import left_out
from web.changes.spell.masks import comments, committable
from web.changes.spell.shapes import ENDPOINT, GRANT, PT_ENDPOINT, Shape
from web.changes.spell.state import Resulting, resulting
from web.changes.spell.texts import comment, identifier

RESOURCE = "databricks_model_serving"
PT_RESOURCE = "databricks_model_serving_provisioned_throughput"
LAST = ("ai_gateway", "config")
NOT_THERE = ("telemetry_config",)


def terraform(change: Change, live: dict[str, Any] | None) -> str:
    """HCL of the endpoint as it will be; for a deletion the `removed` block that carries it out."""
    after = resulting(change, live)
    kind = PT_RESOURCE if after.model_units else RESOURCE
    address = f"{kind}.{identifier(change.endpoint)}"
    if change.kind is Kind.DELETE:
        return _removed(address)
    shape = _shape(PT_ENDPOINT if after.model_units else ENDPOINT)
    spec, placeholders = committable(shape, after.spec)
    lines = [*_notes(change, live, left_out(shape, after.spec)), *comments(placeholders)]
    lines += hcl.block(f'resource "{kind}" "{identifier(change.endpoint)}"', shape, spec)
    lines += _permissions(after, address)
    lines += _imports(after, change.endpoint, address)
    return "\n".join(lines) + "\n"


def _shape(endpoint: dict[str, Shape]) -> dict[str, Shape]:
    """The provider's fields, the two large blocks last."""
    first = {k: s for k, s in endpoint.items() if k not in (*LAST, *NOT_THERE)}
    return {**first, **{k: endpoint[k] for k in LAST}}


def _removed(address: str) -> str:
    lines = [
        "# Take the resource out of your files and put this block in its place; apply then deletes the endpoint.",
        "removed {",
        f"  from = {address}",
        "",
        "  lifecycle {",
        "    destroy = true",
        "  }",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _notes(change: Change, live: dict[str, Any] | None, lost: list[str]) -> list[str]:
    notes = []
    if change.kind in (Kind.STOP, Kind.START):
        verb = change.kind.value.partition(".")[2]
        notes.append(comment(f"Terraform cannot {verb} an endpoint; this is the endpoint it describes."))
    if live is None and change.kind is not Kind.CREATE:
        notes.append(comment("The live endpoint is not known here: only the changed part is shown."))
    if lost:
        notes.append(comment(f"Left out, the provider has no field for it: {', '.join(lost)}"))
    return notes


def _permissions(after: Resulting, address: str) -> list[str]:
    if not after.grants:
        return []
    name = address.partition(".")[2]
    lines = [
        "",
        f'resource "databricks_permissions" "{name}" {{',
        f"  serving_endpoint_id = {address}.serving_endpoint_id",
    ]
    for grant in after.grants:
        lines += ["", *hcl.block("access_control", GRANT, dict(grant), 1)]
    return [*lines, "}"]


def _imports(after: Resulting, name: str, address: str) -> list[str]:
    if not after.exists:
        return []
    lines = ["", *_import(address, name)]
    if after.grants and after.endpoint_id:
        permissions = f"databricks_permissions.{address.partition('.')[2]}"
        lines += ["", *_import(permissions, f"/serving-endpoints/{after.endpoint_id}")]
    return lines


def _import(address: str, identity: str) -> list[str]:
    return ["import {", f"  to = {address}", f"  id = {hcl.string(identity)}", "}"]
