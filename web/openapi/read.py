"""Fetches the document of an endpoint, remembered per config version, and says why there is none."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from web.errors import PortalError
from web.openapi.document import Document, SchemaError, parse
from web.workspace import serving
from web.workspace.client import Workspace

Reason = Literal["", "not_ready", "stopped", "external", "no_signature", "forbidden", "unreadable", "unavailable"]
KEPT = 200
_lock = threading.Lock()
_kept: OrderedDict[tuple[str, str, str, object, object], Document] = OrderedDict()


@dataclass(frozen=True)
class Found:
    """A document, or the reason why there is none; `message` is what the workspace said then."""

    document: Document | None
    reason: Reason = ""
    message: str = ""


def schema_of(ws: Workspace, endpoint: Mapping[str, Any]) -> Found:
    """The document of an endpoint that the caller has just read (so they may see it). Never raises a refusal."""
    config = endpoint.get("config") or {}
    name = str(endpoint.get("name") or "")
    stamp = config.get("config_version"), endpoint.get("last_updated_timestamp")
    key = (ws.host, str(endpoint.get("id") or ""), name, *stamp)
    with _lock:
        known = _kept.get(key)
    reason = _unready(endpoint)
    if reason or known:
        return Found(known if not reason else None, reason)
    found = _fetch(ws, name, endpoint)
    if found.document:
        _keep(key, found.document)
    return found


def _keep(key: tuple[str, str, str, object, object], document: Document) -> None:
    with _lock:
        _kept[key] = document
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def _unready(endpoint: Mapping[str, Any]) -> Reason:
    state = endpoint.get("state") or {}
    if state.get("suspend") == "STOPPED":
        return "stopped"
    return "not_ready" if state.get("ready") == "NOT_READY" else ""


def _fetch(ws: Workspace, name: str, endpoint: Mapping[str, Any]) -> Found:
    try:
        return Found(parse(serving.openapi(ws, name)))
    except SchemaError as error:
        return Found(None, "unreadable", str(error))
    except PortalError as error:
        if error.status == 403:
            return Found(None, "forbidden", error.message)
        if error.status in (400, 404):
            external = serving.kind_of(dict(endpoint)) == "external"
            return Found(None, "external" if external else "no_signature", error.message)
        return Found(None, "unavailable", error.message)
