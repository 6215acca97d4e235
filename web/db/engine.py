"""The engine of the history. SQLite commits are durable (FULL) and begin IMMEDIATE; `reading` waits for no writer."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Dialect, Engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import CreateSchema
from sqlmodel import Session, create_engine

from web.hurry import unhurried

BUSY_MS = 2000
LOCK = 7_213_905_410  # two instances that make the schema at once wait for one another


def open_engine(url: str, password: Callable[[bool], str] | None = None, schema: str = "serving_portal") -> Engine:
    """An engine for `url`. Makes the folder of a SQLite file; refuses a file that is damaged (SystemExit).

    Postgres: `password(fresh)` is asked for at each new connection unless the URL holds one; all lives in `schema`.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return _postgres(url, password, schema)
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    connect = {"check_same_thread": False, "timeout": BUSY_MS / 1000}
    engine = create_engine(url, connect_args=connect, json_deserializer=parsed)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    with engine.connect() as connection:
        if connection.execute(text("PRAGMA quick_check")).scalar() != "ok":
            raise SystemExit(f"The history database {database} is damaged. Restore a copy, or move the file away.")
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads: it works while the database is locked or the disk is full."""
    unhurried()
    with Session(engine, expire_on_commit=False) as session:
        session.connection(execution_options={"portal_readonly": True})
        yield session


def parsed(text: str | bytes) -> Any:
    """Stored JSON; what only the standard parser takes (half a surrogate, NaN) as that does. ValueError: it is none."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


def _postgres(url: str, password: Callable[[bool], str] | None, schema: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, pool_recycle=2700, pool_size=8, json_deserializer=parsed)

    minted = password is not None and not make_url(url).password

    def connect(dialect: Dialect, _record: ConnectionPoolEntry, args: Any, wanted: dict[str, Any]) -> Any:
        wanted["options"] = f"-csearch_path={schema}"
        if not minted or password is None:
            return None
        try:
            return dialect.connect(*args, **{**wanted, "password": password(False)})
        except dialect.loaded_dbapi.OperationalError:
            # It may have been revoked or outlived: a fresh one, once.
            return dialect.connect(*args, **{**wanted, "password": password(True)})

    event.listen(engine, "do_connect", connect)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        if not inspect(connection).has_schema(schema):  # a role that may only append may not even ask to create it
            connection.execute(CreateSchema(schema))
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself: the begin event below does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    readonly = connection.get_execution_options().get("portal_readonly", False)
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")
