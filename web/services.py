"""What one process of the portal shares between requests. Made by the app, asked for through `web.deps`."""

import asyncio
import logging
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from web.audit.archive import Folder, Store, Volume
from web.audit.keys import foreign, key_of
from web.audit.ledger import Ledger, now_ms
from web.audit.vault import Vault
from web.config import Settings, app_principal
from web.db import words
from web.db.engine import open_engine
from web.db.migrate import upgrade
from web.identity.app_mode import AppIdentity
from web.identity.local_mode import LocalIdentity
from web.limits import DRAINING, Limits
from web.workspace import files
from web.workspace.behalf import Behalf
from web.workspace.client import Connections
from web.workspace.invoke import Invoker
from web.workspace.lakebase import Passwords
from web.workspace.scopes import Scopes

ARCHIVES = "archive"
log = logging.getLogger("portal")


@dataclass
class Services:
    """The parts of a running portal. `vault` keeps copies of a
    SQLite history; `vault_trouble` says why it cannot right now, `history_ready` that all it had is back."""

    settings: Settings
    connections: Connections
    identity: AppIdentity | LocalIdentity
    engine: Engine
    ledger: Ledger
    invoker: Invoker
    limits: Limits
    scopes: Scopes = field(default_factory=Scopes)
    vault: Vault | None = None
    vault_trouble: str = ""
    copied_writes: int = 0
    copied_ms: int = 0
    history_ready: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def draining(self) -> bool:
        """Whether the process is on its way out."""
        return DRAINING.is_set()


def build(settings: Settings) -> Services:
    """Opens the history (migrated to the newest schema). Does not talk to the workspace."""
    connections = Connections(settings)
    if settings.app_mode and settings.app_executes:
        connections.behalf = Behalf(connections.as_app, app_principal())
    engine = open_engine(settings.storage_url, Passwords(connections.as_app), settings.database_schema)
    upgrade(engine)
    index(engine)
    ledger = Ledger(engine, key_of(engine, settings.audit_key, settings.data_dir))
    vault = _vault(settings, connections)
    ledger.hold = foreign(engine, ledger.key)
    if vault is not None:
        ledger.hold = "The history is being brought back from its volume."
    return Services(
        settings=settings,
        connections=connections,
        identity=AppIdentity(connections) if settings.app_mode else LocalIdentity(connections),
        engine=engine,
        ledger=ledger,
        invoker=Invoker(timeout_s=settings.invoke_timeout_s),
        limits=Limits(settings.changes_per_minute, settings.streams_per_person),
        vault=vault,
    )


def index(engine: Engine) -> None:
    """Every operation can be found: the index of words is completed, or made anew when it was lost."""
    with engine.connect() as connection:
        whole = words.there(connection) and words.whole(connection)
    if not whole:
        with engine.begin() as connection:
            count = words.fill(connection) if words.there(connection) else words.refill(connection)
        log.info("%d operations were put into the index of words", count)


def archives(settings: Settings, connections: Connections) -> Store | None:
    """Where archives of old operations go: the volume inside Databricks Apps, else the data folder. None when that disk
    is thrown away."""
    if not settings.app_mode:
        return Folder(settings.data_dir / ARCHIVES)
    if not settings.audit_volume:
        return None
    return Volume(f"{files.folder(settings.audit_volume)}/{ARCHIVES}", connections.as_app)


def _vault(settings: Settings, connections: Connections) -> Vault | None:
    """Copies on a volume, for a SQLite history inside Databricks Apps. Raises Invalid for a path that is none."""
    url = make_url(settings.storage_url)
    if not (settings.app_mode and settings.audit_volume and url.get_backend_name() == "sqlite" and url.database):
        return None
    return Vault(files.folder(settings.audit_volume), connections.as_app, Path(url.database), now_ms)
