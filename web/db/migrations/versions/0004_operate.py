"""What operating needs: logs of failed updates, samples of metrics, what is watched."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "kept_log",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("op_id", sa.String, nullable=False),
        sa.Column("endpoint", sa.String, nullable=False),
        sa.Column("config_version", sa.Integer),
        *(sa.Column(n, sa.String, nullable=False) for n in ("entity", "which")),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("cut", sa.Boolean, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.UniqueConstraint("op_id", "entity", "which"),
    )
    op.create_index("kept_log_op", "kept_log", ["op_id"])
    op.create_table(
        "metric_sample",
        sa.Column("endpoint_id", sa.String, primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("step", sa.Integer, nullable=False),
        *(sa.Column(n, sa.Float) for n in ("requests", "failed")),
        sa.Column("data", sa.JSON, nullable=False),
    )
    op.create_index("metric_sample_at", "metric_sample", ["at"])
    op.create_table(
        "metric_watch",
        sa.Column("endpoint_id", sa.String, primary_key=True),
        sa.Column("endpoint", sa.String, nullable=False),
        *(sa.Column(n, sa.BigInteger, nullable=False) for n in ("seen_at", "asked_at")),
        *(sa.Column(n, sa.String, nullable=False) for n in ("pinned_by", "problem")),
    )


def downgrade() -> None:
    """Drop them: the history itself is not touched."""
    for table in ("metric_watch", "metric_sample", "kept_log"):
        op.drop_table(table)
