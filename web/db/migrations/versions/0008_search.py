"""Words and sets of facts of operations can be found; the oldest of the history may go behind an anchor."""

import sqlalchemy as sa
from alembic import op

from web.db import words

revision = "0008"
down_revision = "0007"

REFUSED = "'audit entries are append-only'"
ANCHORED = "(SELECT coalesce(max(seq), 0) FROM audit_anchor)"
SQLITE = (
    "DROP TRIGGER audit_entry_no_delete",
    "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry "
    f"WHEN OLD.seq > {ANCHORED} BEGIN SELECT RAISE(ABORT, {REFUSED}); END",
    *(
        f"CREATE TRIGGER audit_anchor_no_{verb.lower()} BEFORE {verb} ON audit_anchor "
        f"BEGIN SELECT RAISE(ABORT, {REFUSED}); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "CREATE TRIGGER audit_anchor_no_replace BEFORE INSERT ON audit_anchor "
    "WHEN EXISTS (SELECT 1 FROM audit_anchor WHERE seq = NEW.seq) "
    "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
)
POSTGRES = (
    "DROP TRIGGER audit_entry_append_only ON audit_entry",
    "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR TRUNCATE ON audit_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_append_only()",
    "CREATE FUNCTION audit_entry_anchored() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF EXISTS (SELECT 1 FROM gone WHERE seq > (SELECT coalesce(max(seq), 0) FROM audit_anchor)) "
    "THEN RAISE EXCEPTION 'audit entries are append-only'; END IF; RETURN NULL; END $$",
    "CREATE TRIGGER audit_entry_anchored AFTER DELETE ON audit_entry REFERENCING OLD TABLE AS gone "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_anchored()",
    "CREATE TRIGGER audit_anchor_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_anchor "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_append_only()",
)


def upgrade() -> None:
    """Create the index and put what is there into it; create the anchors and the triggers that ask them."""
    words.create(op.get_bind())
    words.fill(op.get_bind())
    op.create_index("operation_person", "operation", ["actor", "kind", "outcome", "seq"])
    op.create_table(
        "audit_anchor",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("count", "operations", "at", "until")),
        *(sa.Column(name, sa.String, nullable=False) for name in ("mac", "file", "sha256", "op_id", "signed")),
    )
    for statement in POSTGRES if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)
