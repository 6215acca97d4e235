"""Changes that wait for the update in progress."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TEXTS = ("host", "endpoint", "endpoint_id", "kind", "actor")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "queued_change",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("line", sa.String, unique=True),
        sa.Column("draft", sa.String, nullable=False, unique=True),
        *(sa.Column(name, sa.String, nullable=False) for name in TEXTS),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("state", "reason", "seen", "op_id")),
        sa.Column("acknowledged", sa.JSON, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
    )
    op.create_index("queued_change_endpoint", "queued_change", ["endpoint", "seq"])
    op.create_index("queued_change_actor", "queued_change", ["actor", "state"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("queued_change")
