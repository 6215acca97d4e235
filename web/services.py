"""What one process of the portal shares between requests. Made by the app, asked for through `web.deps`."""

from dataclasses import dataclass, field

from sqlalchemy import Engine

from web.audit.chain import load_key
from web.audit.ledger import Ledger
from web.config import Settings
from web.db.engine import open_engine
from web.db.migrate import upgrade
from web.identity.app_mode import AppIdentity
from web.identity.local_mode import LocalIdentity
from web.workspace.client import Connections
from web.workspace.invoke import Invoker


@dataclass
class Services:
    """The parts of a running portal. `draining` turns true at SIGTERM: no new changes then."""

    settings: Settings
    connections: Connections
    identity: AppIdentity | LocalIdentity
    engine: Engine
    ledger: Ledger
    invoker: Invoker
    draining: bool = field(default=False)


def build(settings: Settings) -> Services:
    """Opens the history (migrated to the newest schema). Does not talk to the workspace."""
    connections = Connections(settings)
    engine = open_engine(settings.storage_url)
    upgrade(engine)
    return Services(
        settings=settings,
        connections=connections,
        identity=AppIdentity(connections) if settings.app_mode else LocalIdentity(connections),
        engine=engine,
        ledger=Ledger(engine, load_key(settings.audit_key, settings.data_dir)),
        invoker=Invoker(timeout_s=settings.invoke_timeout_s),
    )
