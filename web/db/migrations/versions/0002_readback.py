"""What was acknowledged before a change, and where the workspace has something else than was asked."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two lists beside each operation, empty for those that are there."""
    for name in ("acknowledged", "readback"):
        op.add_column("operation", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
