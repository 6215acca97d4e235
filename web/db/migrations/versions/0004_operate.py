"""What operating needs: logs of failed updates, samples of metrics, what is watched."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0001"

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


def downgrade() -> None:
    """Drop them: the history itself is not touched."""
    op.drop_table("kept_log")
