"""The first tables: operations, the chain of entries, snapshots."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
APPEND_ONLY = ("UPDATE", "DELETE")


def upgrade() -> None:
    """Create the tables and, on SQLite, the triggers that keep entries from being changed."""
    _operations()
    op.create_table(
        "audit_entry",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("op_id", sa.String, nullable=False, index=True),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("prev_mac", sa.String, nullable=False),
        sa.Column("mac", sa.String, nullable=False),
    )
    op.create_table(
        "snapshot",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("endpoint", sa.String, nullable=False),
        *(sa.Column(n, sa.String, nullable=False) for n in ("scope", "source", "op_id")),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("config_version", sa.Integer),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index("snapshot_endpoint", "snapshot", ["endpoint", "scope", "seq"])
    op.create_index("snapshot_hash", "snapshot", ["endpoint", "scope", "hash"])
    op.create_table(
        "draft",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("change", sa.JSON, nullable=False),
        sa.Column("base", sa.JSON),
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry "
                "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
            )


def _operations() -> None:
    op.create_table(
        "operation",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String, nullable=False, unique=True, index=True),
        *(sa.Column(n, sa.String, nullable=False) for n in ("kind", "endpoint", "endpoint_id", "actor", "actor_id")),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(n, sa.String, nullable=False) for n in ("outcome", "idempotency_key", "payload_hash")),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        *(sa.Column(n, sa.JSON, nullable=False) for n in ("diff", "calls", "change")),
        sa.Column("error", sa.JSON),
        sa.Column("duration_ms", sa.BigInteger),
        sa.Column("settled_at", sa.BigInteger),
        *(sa.Column(n, sa.String, nullable=False) for n in ("request_id", "host")),
    )
    for column in ("endpoint", "actor", "kind", "outcome"):
        op.create_index(f"operation_{column}", "operation", [column, "seq"])
    op.create_index("operation_at", "operation", ["at"])
    op.create_index("operation_key", "operation", ["actor", "idempotency_key"], unique=True)


def downgrade() -> None:
    """History is never thrown away by a migration."""
    raise RuntimeError("There is no way back from the first migration: it would delete the history.")
