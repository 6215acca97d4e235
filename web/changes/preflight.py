"""Asks the workspace what a plan needs to know. Reads only: nothing is written here."""

import re
from collections.abc import Iterator
from typing import Any

from web.changes.app_attach import APP_KINDS
from web.changes.app_state import with_app
from web.changes.checks import Finding
from web.changes.diff import fingerprint
from web.changes.fields import tags_of
from web.changes.grants import direct_grants, inherited_grants
from web.changes.kept_by_app import kept_by_app, own_app
from web.changes.kinds import Change, Kind
from web.changes.lockouts import lockouts
from web.changes.parts import part_of
from web.changes.plan import Facts
from web.changes.run_as import run_as_findings
from web.changes.shapes import misshapen
from web.changes.swap import schema_findings
from web.errors import Forbidden, Invalid, NotFound, PortalError
from web.workspace import behalf, catalog, iam, serving, sight
from web.workspace.client import Workspace

THREE_PARTS = re.compile(r"[^.\s]+\.[^.\s]+\.[^.\s]+")


def gather(ws: Workspace, change: Change) -> tuple[dict[str, Any] | None, Facts]:
    """The endpoint as it is, and what else the plan needs. Raises NotFound for a change of an endpoint nobody sees,
    Invalid for a body in which a field has the wrong shape."""
    for path, message in misshapen(change.body):
        raise Invalid(message, field=path)
    live, executed_by = _live(ws, change), ""
    if live and change.kind in APP_KINDS:
        live, executed_by = with_app(ws, change, live)
    grants: list[dict[str, Any]] = []
    missed: list[Finding] = []
    kept: list[Finding] = own_app(live, executed_by) if live and executed_by else []
    direct = change.kind is Kind.PERMISSIONS or (change.kind is Kind.RESTORE and change.body.get("permissions"))
    if live and live.get("id") and direct:
        permissions, executed_by = behalf.permissions(ws, live)
        grants = direct_grants(permissions)
        kept = kept_by_app(ws, change, permissions, executed_by) if executed_by else []
        missed = _missed(ws, change, permissions)
    elif live and live.get("id") and change.kind is Kind.DELETE:
        grants = _grants_if_allowed(ws, str(live["id"]))
    blockers, warnings = _models(ws, change)
    blockers += kept
    told = [*schema_findings(ws, change, live), *run_as_findings(ws, change, live), *missed, *warnings]
    return live, Facts(
        exists=live is not None, grants=grants, blockers=blockers, warnings=told, executed_by=executed_by
    )


# What these touch is the app's, or nobody else's edit can be lost by them.
UNMOVED = APP_KINDS | {Kind.CREATE, Kind.STOP, Kind.START}


def moved_meanwhile(ws: Workspace, change: Change, live: dict[str, Any] | None, grants: list[dict[str, Any]]) -> bool:
    """Whether the part this changes is another by now than `gather` read: what comes between asks catalogs and people,
    which takes seconds. Only a change of the config can be told after it was overwritten; so nothing is sent then."""
    if change.kind in UNMOVED or live is None or not live.get("id"):
        return False
    now = sight.endpoint(ws, change.endpoint)
    if change.kind is Kind.TAGS:  # only these keys are touched: what others set beside them stays
        keys = {*(change.body.get("add") or {}), *(change.body.get("delete") or [])}
        was, has = tags_of(live), tags_of(now)
        return any(was.get(key) != has.get(key) for key in keys)
    again = direct_grants(behalf.permissions(ws, now)[0]) if change.kind is Kind.PERMISSIONS else grants
    before, after = (part_of(change.kind, seen, have) for seen, have in ((live, grants), (now, again)))
    return fingerprint(before) != fingerprint(after)


def _missed(ws: Workspace, change: Change, permissions: dict[str, Any]) -> list[Finding]:
    """Who loses a right that somebody may miss. It has to be accepted, as it may be beyond one's power to undo it."""
    field = "access_control_list" if change.kind is Kind.PERMISSIONS else "permissions"
    wanted = [entry for entry in change.body.get(field) or [] if isinstance(entry, dict)]
    was = direct_grants(permissions)
    if change.kind is Kind.RESTORE and set(map(fingerprint, wanted)) == set(map(fingerprint, was)):
        return []
    found = lockouts(was, wanted, inherited_grants(permissions), iam.me(ws))
    return [Finding(field, one.text, f"lockout-{one.key}", must_acknowledge=True) for one in found]


def _live(ws: Workspace, change: Change) -> dict[str, Any] | None:
    try:
        return sight.endpoint(ws, change.endpoint)
    except (NotFound, Forbidden):
        if change.kind is Kind.CREATE:
            return None
        raise


def _grants_if_allowed(ws: Workspace, endpoint_id: str) -> list[dict[str, Any]]:
    try:
        return direct_grants(serving.permissions(ws, endpoint_id))
    except PortalError:
        return []


def _models(ws: Workspace, change: Change) -> tuple[list[Finding], list[Finding]]:
    if change.kind not in (Kind.CREATE, Kind.CONFIG):
        return [], []
    config = change.body.get("config") or {} if change.kind is Kind.CREATE else change.body
    prefix = "config." if change.kind is Kind.CREATE else ""
    blockers: list[Finding] = []
    warnings: list[Finding] = []
    for place, entity in enumerate(config.get("served_entities") or []):
        if isinstance(entity, dict):
            path = f"{prefix}served_entities[{place}]."
            blockers += _version(ws, entity, path, warnings)
            blockers += _throughput(ws, entity, path, warnings)
    return blockers, warnings


def _version(ws: Workspace, entity: dict[str, Any], path: str, warnings: list[Finding]) -> Iterator[Finding]:
    """The model version exists, this person may see it, and it is READY."""
    name, version = str(entity.get("entity_name") or ""), str(entity.get("entity_version") or "")
    if not THREE_PARTS.fullmatch(name) or not version.isdigit():
        return
    try:
        found = catalog.version(ws, name, int(version))
    except NotFound:
        yield Finding(path + "entity_version", f"There is no version {version} of {name} that you may see.")
        return
    except PortalError as error:
        warnings.append(
            Finding(path + "entity_version", f"The version could not be checked: {error.message}", "unchecked")
        )
        return
    if found.status and found.status != "READY":
        yield Finding(
            path + "entity_version", f"Version {version} is {found.status}; only READY versions can be served."
        )


def _throughput(ws: Workspace, entity: dict[str, Any], path: str, warnings: list[Finding]) -> Iterator[Finding]:
    """Provisioned throughput: the model is eligible and the numbers are multiples of its chunk."""
    if "max_provisioned_throughput" not in entity:
        return
    name, version = str(entity.get("entity_name") or ""), str(entity.get("entity_version") or "")
    try:
        info = serving.optimization_info(ws, name, version)
    except PortalError as error:
        warnings.append(
            Finding(path + "entity_name", f"Eligibility could not be checked: {error.message}", "unchecked")
        )
        return
    if not info.get("optimizable"):
        yield Finding(path + "entity_name", f"{name} is not eligible for provisioned throughput.")
        return
    chunk = info.get("throughput_chunk_size")
    for field in ("min_provisioned_throughput", "max_provisioned_throughput"):
        value = entity.get(field)
        if isinstance(chunk, int) and chunk and isinstance(value, int) and value % chunk:
            yield Finding(path + field, f"Tokens per second come in steps of {chunk}.")
