"""Where one machine is not enough: the history in Postgres, a password minted for each login, several instances."""

import threading
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.audit.history import DAY_MS, at, begin, done
from tests.audit.test_chain import KEY
from tests.audit.test_commits import at_once, counted
from tests.audit.test_vault import history, intact, tag, until_ready
from tests.database.postgres import USER, Postgres
from tests.servers import ROOT, Portal
from web.audit.archive import Folder, archive
from web.audit.checkpoint import Checkpoint
from web.audit.queries import Filter, page
from web.audit.verify import verify
from web.db.engine import open_engine
from web.db.migrate import upgrade
from web.emulator.server import Emulator
from web.errors import PortalError

ENDPOINT = "projects/portal/branches/production/endpoints/primary"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    running = Postgres().start()
    yield running
    running.stop()


@pytest.fixture
def database(server: Postgres) -> str:
    """A new empty database."""
    name = f"d{uuid.uuid4().hex[:12]}"
    server.run(f"CREATE DATABASE {name}")
    return name


def lakebase(server: Postgres, database: str) -> dict[str, str]:
    """What Databricks Apps injects for a database resource: no password."""
    place = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGDATABASE": database, "PGUSER": USER}
    return {**place, "LAKEBASE_ENDPOINT": ENDPOINT}


def minted(emulator: Emulator) -> int:
    log = httpx.get(f"{emulator.url}/_emulator/requests", timeout=10).json()
    rows = log["requests"] if isinstance(log, dict) else log
    return sum(row["path"] == "/api/2.0/postgres/credentials" and row["user"] == "portal-app" for row in rows)


def test_each_login_brings_a_minted_password_and_a_new_one_when_it_is_refused(
    start_portal: Callable[..., Portal], emulator: Emulator, server: Postgres, database: str
) -> None:
    emulator.world.state["lakebase_token"] = "portal"
    portal = until_ready(start_portal(**lakebase(server, database)))
    tag(portal)
    first = minted(emulator)
    assert first >= 1
    server.run(f"ALTER ROLE {USER} PASSWORD 'second'")
    emulator.world.state["lakebase_token"] = "second"
    try:
        address = f"postgresql://{USER}:second@127.0.0.1:{server.port}/postgres"
        with psycopg.connect(address, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            tag(portal)
            admin.execute(f"ALTER ROLE {USER} PASSWORD 'portal'")
    finally:
        emulator.world.state["lakebase_token"] = "portal"
    assert minted(emulator) > first
    assert len(history(portal)) == 2
    assert "second" not in portal.said()


def test_two_instances_start_at_once_and_write_one_chain(
    start_portal: Callable[..., Portal], server: Postgres, database: str
) -> None:
    settings = {"PORTAL_DATABASE_URL": server.url(database), "PORTAL_AUDIT_KEY": "one key for both"}
    portals: list[Portal] = []
    starts = [threading.Thread(target=_into, args=(portals, start_portal, f"p{n}", settings)) for n in range(2)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    one, two = portals
    writers = [threading.Thread(target=_four_tags, args=(portal,)) for portal in portals]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(history(one)) == len(history(two)) == 8
    assert intact(one)


def test_a_redeploy_to_another_disk_goes_on_in_the_same_chain_without_a_configured_key(
    start_portal: Callable[..., Portal], server: Postgres, database: str
) -> None:
    first = until_ready(start_portal("first", PORTAL_DATABASE_URL=server.url(database)))
    tag(first)
    first.stop()
    second = until_ready(start_portal("second", PORTAL_DATABASE_URL=server.url(database)))
    tag(second)
    assert len(history(second)) == 2
    assert intact(second)
    assert not (second.data_dir / "audit.key").exists()


def _into(portals: list[Portal], start: Callable[..., Portal], folder: str, settings: dict[str, str]) -> None:
    portals.append(start(folder, **settings))


def _four_tags(portal: Portal) -> None:
    for _ in range(4):
        tag(portal, key=f"of-{portal.port}")


def test_everything_lives_in_a_schema_of_its_own(
    start_portal: Callable[..., Portal], server: Postgres, database: str
) -> None:
    until_ready(start_portal(PORTAL_DATABASE_URL=server.url(database)))
    with psycopg.connect(f"postgresql://{USER}:portal@127.0.0.1:{server.port}/{database}") as connection:
        found = connection.execute(
            "SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
    assert found == [("serving_portal",)]


def test_a_role_that_may_only_append_runs_the_portal(
    start_portal: Callable[..., Portal], server: Postgres, database: str
) -> None:
    until_ready(start_portal(PORTAL_DATABASE_URL=server.url(database))).stop()
    server.run("DROP ROLE IF EXISTS portal_app")
    server.run("CREATE ROLE portal_app LOGIN PASSWORD 'portal'")
    with psycopg.connect(f"postgresql://{USER}:portal@127.0.0.1:{server.port}/{database}") as owner:
        owner.execute((ROOT / "web" / "db" / "grants.sql").read_bytes())
    as_app = server.url(database).replace(f"//{USER}:", "//portal_app:")
    portal = until_ready(start_portal("as-app", PORTAL_DATABASE_URL=as_app))
    tag(portal)
    assert len(history(portal)) == 1
    assert intact(portal)
    with psycopg.connect(as_app.replace("+psycopg", ""), autocommit=True) as app:
        for statement in (
            "UPDATE {} SET mac = ''",
            "DELETE FROM {}",
            "TRUNCATE {}",
            "ALTER TABLE {} DISABLE TRIGGER ALL",
        ):
            for table in ("audit_entry", "audit_anchor"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    app.execute(statement.format(f"serving_portal.{table}").encode())
    with psycopg.connect(f"postgresql://{USER}:portal@127.0.0.1:{server.port}/{database}") as owner:
        owner.execute("DROP OWNED BY portal_app")


def test_a_history_in_postgres_is_searched_and_archived(server: Postgres, database: str, tmp_path: Path) -> None:
    engine = open_engine(server.url(database))
    upgrade(engine)
    ledger, clock = at(engine)
    done(ledger, "one", endpoint="churn-model", diff=[{"path": "tags.team", "before": None, "after": "Größe 29"}])
    done(ledger, "two", "refused", endpoint="model-churn")
    for said, keys in {"churn-mod": ["one"], "grosse": ["one"], "churn": ["two", "one"], "urn": [], "%": []}.items():
        assert [o.idempotency_key for o in page(engine, Filter(q=said), lambda _: True).operations] == keys
    both = Filter(q="model", actor="bob@example.com", outcome="refused")
    assert [o.idempotency_key for o in page(engine, both, lambda _: True).operations] == ["two"]
    clock.now += 10 * DAY_MS
    done(ledger, "young")
    for statement in ("DELETE FROM audit_entry", "TRUNCATE audit_entry", "UPDATE audit_entry SET mac = ''"):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
    (anchor,) = archive(ledger, clock.now - DAY_MS, Folder(tmp_path))
    verdict = verify(engine, KEY, [Checkpoint(anchor.seq, anchor.mac)])
    assert (verdict.ok, verdict.rows, verdict.archived) == (True, 3, 4)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry"))
    engine.dispose()


def test_those_who_write_at_once_share_a_commit_and_one_that_postgres_refuses_fails_alone(
    server: Postgres, database: str
) -> None:
    engine = open_engine(server.url(database))
    upgrade(engine)
    ledger, _ = at(engine)
    works = [partial(begin, ledger, "one"), partial(begin, ledger, "nul \x00"), partial(begin, ledger, "two")]
    with counted(engine) as commits:
        one, nul, two = at_once(ledger, works)
    assert [o.id for o in page(engine, Filter(), lambda _: True).operations] == [two.result(), one.result()]
    with pytest.raises(PortalError, match="cannot be written") as refused:
        nul.result()
    assert refused.value.status == 503
    assert len(commits) == 3, "of who wrote before; the one for all was undone, then each by itself"
    assert verify(engine, KEY).ok
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE operation_words"))
    assert done(ledger, "unindexed"), "an index that is gone stops no change"
    engine.dispose()
