"""Brings a database to the newest schema at start. Two instances starting at once wait for one another."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

VERSIONS = Path(__file__).parent / "migrations" / "versions"
LOCK = 7_213_905_411  # any constant: the name of this lock in Postgres


def upgrade(engine: Engine) -> None:
    """Run the migrations that this database has not seen."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        if _version(connection) != newest():
            _migrate(connection)


def newest() -> str:
    """The last revision there is, by the names of the files."""
    return max(place.name.split("_")[0] for place in VERSIONS.glob("[0-9]*.py"))


def _version(connection: Connection) -> str:
    """The revision that this database is at; empty for a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


def _migrate(connection: Connection) -> None:
    """Alembic is loaded only here: it costs a tenth of a start, and most starts have nothing for it to do."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
