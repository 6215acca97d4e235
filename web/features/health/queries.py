"""What works right now, asked without changing anything."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from web.deps import durable
from web.errors import PortalError, Unauthenticated
from web.services import Services
from web.workspace.scopes import FAMILIES

UNKNOWN = "unknown"


def readiness(parts: Services, headers: dict[str, str], cookies: dict[str, str]) -> dict[str, Any]:
    """`{"ready", "workspace", "database", "audit_durable", "scopes", …}`. The workspace is asked as whoever asks, so
    an anonymous probe learns only whether its address answers."""
    database = _database(parts)
    workspace = _workspace(parts)
    return {
        "ready": database == "ok" and workspace == "ok" and not parts.draining and not parts.ledger.hold,
        "workspace": workspace,
        "database": database,
        "audit_durable": durable(parts.settings),
        "history": parts.ledger.hold or parts.vault_trouble or "ok",
        "mode": "app" if parts.settings.app_mode else "local",
        "draining": parts.draining,
        "scopes": _scopes(parts, headers, cookies),
    }


def _database(parts: Services) -> str:
    try:
        with parts.engine.connect().execution_options(portal_readonly=True) as connection:
            connection.execute(text("SELECT 1 FROM operation LIMIT 1"))
        return "ok"
    except SQLAlchemyError as error:
        return f"failed: {type(error).__name__}"


def _workspace(parts: Services) -> str:
    if not parts.settings.app_mode:
        return "ok"
    try:
        transport = parts.connections.for_token("probe").transport
        reply = transport.read("/.well-known/databricks-config", dict)
        return "ok" if reply.status < 500 else f"failed: HTTP {reply.status}"
    except PortalError as error:
        return f"failed: {error.code}"


def _scopes(parts: Services, headers: dict[str, str], cookies: dict[str, str]) -> dict[str, str]:
    """Which families of the API the caller's token reaches; unknown without a caller."""
    lowered = {k.title(): v for k, v in headers.items()}
    try:
        who = parts.identity.resolve(lowered, cookies)
    except (Unauthenticated, PortalError):
        return {family.key: UNKNOWN for family in FAMILIES}
    found = parts.scopes.of(who.workspace)
    return {one.family.key: f"{one.state}: {one.reason}" if one.reason else one.state for one in found}
