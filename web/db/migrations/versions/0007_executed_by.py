"""Who carried a change out, where the app's own principal did it for a person."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Empty for the operations that are there: people made all of their calls themselves."""
    op.add_column("operation", sa.Column("executed_by", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop what was added."""
    op.drop_column("operation", "executed_by")
