"""Settings: read once at start from the environment (`PORTAL_*`); a bad value stops the start with a clear message."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """All of the portal's own settings. Each has a row in the README."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", extra="ignore")

    data_dir: Path = Field(Path(".portal"), description="Folder of the SQLite database and the audit key.")
    database_url: str = Field(
        "", description="SQLAlchemy URL of the history; empty: Postgres from PGHOST, else SQLite."
    )
    audit_key: str = Field("", description="Key of the audit chain; empty: generated once into the data folder.")
    audit_volume: str = Field("", description="Unity Catalog volume path that receives snapshots of a SQLite history.")
    audit_keep_days: int = Field(
        0, ge=0, le=36500, description="Days after which operations are moved to an archive; 0: they stay for ever."
    )
    snapshot_every_s: float = Field(
        30.0, gt=0, le=60, description="How often changes of a SQLite history are copied to the volume, seconds."
    )
    database_schema: str = Field(
        "serving_portal", pattern=r"[a-z_][a-z0-9_]{0,62}", description="Schema of the history in Postgres."
    )
    public_origin: str = Field(
        "", description="https origin people open, for the same-origin check; empty: the Host header."
    )
    read_timeout_s: float = Field(10.0, gt=0, le=60, description="Longest a read of the workspace may take, seconds.")
    write_timeout_s: float = Field(
        30.0, gt=0, le=110, description="Longest to wait for the reply to a change, seconds."
    )
    breaker_open_s: float = Field(
        15.0,
        ge=0,
        le=300,
        description="How long what failed five times in a row is not asked for, seconds; 0: it is.",
    )
    invoke_timeout_s: float = Field(300.0, gt=0, le=600, description="Longest an invocation may run, seconds.")
    settle_every_s: float = Field(60.0, gt=0, description="How often unknown outcomes are asked about, seconds.")
    look_every_s: float = Field(
        300.0, ge=0, description="How often the app looks for changes made elsewhere, seconds; 0: never."
    )
    list_stale_s: float = Field(3.0, ge=0, description="How old a listing may be before it is fetched again, seconds.")
    operator_group: str = Field("", description="Workspace group whose members may change endpoints; empty: everybody.")
    admin_group: str = Field(
        "", description="Workspace group whose members are the portal's admins beside workspace admins."
    )
    auditor_group: str = Field("", description="Workspace group whose members read everybody's history.")
    changes_per_minute: int = Field(120, ge=1, description="Changes that one person may make in a minute.")
    streams_per_person: int = Field(12, ge=1, description="Requests to models that one person may have under way.")
    app_executes: bool = Field(
        False,
        description="Let the app's own principal change permissions, and attach to apps, for people who manage the "
        "endpoint (and the app), where their sign-in does not reach that.",
    )
    metrics: bool = Field(False, description="Show the portal's own figures for Prometheus at /metrics.")
    prices: Path | None = Field(
        None, description="JSON file with prices per million tokens, shown in the playground and on Usage."
    )
    warehouse_id: str = Field("", description="SQL warehouse that reads the usage tables, as the person who looks.")
    patterns: bool = Field(
        False, description="Show the /patterns page with every component; read templates anew when they change."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Level of the portal's log lines."
    )

    @field_validator("warehouse_id")
    @classmethod
    def _none_is_none(cls, value: str) -> str:
        """A bundle has no optional values, so there `none` stands for nothing."""
        return "" if value == "none" else value

    @property
    def app_name(self) -> str:
        """The Databricks App this process runs as; empty on a laptop."""
        return os.environ.get("DATABRICKS_APP_NAME", "")

    @property
    def app_mode(self) -> bool:
        """True inside Databricks Apps: people are who the forwarded token says."""
        return bool(self.app_name)

    @property
    def storage_url(self) -> str:
        """Where history is kept: the set URL, else Postgres from the PG* variables, else SQLite in the data folder."""
        if self.database_url:
            return self.database_url
        host = os.environ.get("PGHOST", "")
        if host:
            user, port = os.environ.get("PGUSER", ""), os.environ.get("PGPORT", "5432")
            return f"postgresql+psycopg://{user}@{host}:{port}/{os.environ.get('PGDATABASE', 'postgres')}"
        return f"sqlite:///{self.data_dir / 'portal.db'}"


def load() -> Settings:
    """The settings of this process. Ends it with one readable line per bad value."""
    try:
        return Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        lines = [f"PORTAL_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise SystemExit("Serving Portal cannot start:\n  " + "\n  ".join(lines)) from None


def app_principal() -> str:
    """Application id of the app's own service principal, as Databricks Apps sets it; empty on a laptop."""
    return os.environ.get("DATABRICKS_CLIENT_ID", "") if os.environ.get("DATABRICKS_APP_NAME") else ""
