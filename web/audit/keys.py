"""Which key signs the chain, and whether the history was written with it.

The configured one; else a file made once beside the history. Postgres outlives the disk of an app and may have several
instances, so there a key that nobody configured lies in the table `audit_key`, for all of them.
"""

import secrets
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import Session, col, desc, select

from web.audit import chain
from web.audit.models import Entry
from web.db.engine import reading

FOREIGN = (
    "The history was not written with the key that this portal has. Set PORTAL_AUDIT_KEY to the one it was written "
    "with, or bring its file audit.key back. If it is lost, begin a new history: another PORTAL_DATABASE_SCHEMA, or "
    "another data folder."
)
"""Why nothing may be written: an entry of another key would break the chain at that place, for good."""


def key_of(engine: Engine, configured: str, data_dir: Path) -> bytes:
    """The key for this history. One is made where there is none, unless the history has entries: then a key that is
    kept nowhere, with which `foreign` says so."""
    if configured:
        return configured.encode()
    if engine.dialect.name == "postgresql":
        return shared(engine, data_dir)
    if not (data_dir / chain.KEY_FILE).exists() and _first(engine) is not None:
        return secrets.token_bytes(32)
    return chain.load_key("", data_dir)


def shared(engine: Engine, data_dir: Path) -> bytes:
    """The key in the table; the first instance puts its own there: what its file says, else a new one."""
    kept = _kept(engine)
    if kept is None:
        mine = chain.load_key("", data_dir)
        with Session(engine) as session, session.begin():
            session.execute(
                text("INSERT INTO audit_key (id, key) VALUES (1, :key) ON CONFLICT DO NOTHING"), {"key": mine.decode()}
            )
        kept = _kept(engine)
    assert kept  # noqa: S101 - somebody has put one there
    return kept


def foreign(engine: Engine, key: bytes) -> str:
    """FOREIGN where neither the first nor the last entry was signed with this key; '' otherwise. What was altered is
    not judged here: that is for `verify`."""
    first = _first(engine)
    if first is None:
        return ""
    try:
        with reading(engine) as session:
            last = session.exec(select(Entry).order_by(desc(Entry.seq)).limit(1)).one()
            ends = (last, session.exec(select(Entry).where(Entry.seq == first)).one())
    except ValueError:  # what one of them says is no JSON any more
        return ""
    return "" if any(_signed(entry, key) for entry in ends) else FOREIGN


def _first(engine: Engine) -> int | None:
    with reading(engine) as session:
        return session.exec(select(Entry.seq).order_by(col(Entry.seq)).limit(1)).first()


def _signed(entry: Entry, key: bytes) -> bool:
    by = chain.mac(key, entry.prev_mac, entry.op_id, entry.stage, entry.at, entry.actor, entry.payload)
    return by == entry.mac


def _kept(engine: Engine) -> bytes | None:
    with reading(engine) as session:
        found = session.execute(text("SELECT key FROM audit_key WHERE id = 1")).scalar()
    return str(found).encode() if found else None
