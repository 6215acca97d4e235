"""The key of the chain where nobody configured one, for all instances of a portal on Postgres."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the table, which has one row at most."""
    op.create_table(
        "audit_key",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String, nullable=False),
        sa.CheckConstraint("id = 1", name="audit_key_one"),
    )
