"""Anchors: where the chain begins once its oldest part lies in an archive. Signed, and told by the chain itself."""

import hmac
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Engine
from sqlmodel import Field, Session, SQLModel, col, select

from web.audit import chain
from web.audit.models import Entry

STAGE = "archived"
TOLD = ("seq", "mac", "count", "operations", "until", "file", "sha256")


class Anchor(SQLModel, table=True):
    """All entries up to `seq` (`count` of them since the beginning, the last one's `mac`) and their operations lie in
    archives, the newest part in `file`. `until`: nothing in it began later, `at`: when it was made, both in ms since
    1970. `op_id` is the operation that says so in the chain. The table is append-only."""

    __tablename__ = "audit_anchor"

    seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    mac: str
    count: int = Field(sa_type=BigInteger)
    operations: int = Field(sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)
    file: str
    sha256: str
    at: int = Field(sa_type=BigInteger)
    op_id: str
    signed: str = ""

    def told(self) -> dict[str, Any]:
        """What the chain says of it."""
        return {name: getattr(self, name) for name in TOLD}

    def sign(self, key: bytes) -> str:
        """The signature it has to bear."""
        said = chain.canonical({"anchor": self.told(), "at": self.at, "op_id": self.op_id})
        return hmac.new(key, said, "sha256").hexdigest()


def anchors(session: Session) -> Sequence[Anchor]:
    """All of them, oldest first."""
    return session.exec(select(Anchor).order_by(col(Anchor.seq))).all()


def newest(session: Session) -> Anchor | None:
    """Where the chain begins; None: at its beginning."""
    return session.exec(select(Anchor).order_by(col(Anchor.seq).desc()).limit(1)).first()


def moved_before(engine: Engine) -> int | None:
    """The time, in ms, before which operations may lie in an archive; None: nothing was archived."""
    with Session(engine) as session:
        session.connection(execution_options={"portal_readonly": True})
        anchor = newest(session)
    return anchor.until if anchor else None


def unproven(session: Session, key: bytes, found: Sequence[Anchor]) -> dict[str, Any] | None:
    """The first anchor that nobody with the key signed, or the newest when the chain does not tell of it."""
    bad = next((one for one in found if not hmac.compare_digest(one.signed, one.sign(key))), None)
    if bad is None and found:
        told = session.exec(select(Entry).where(Entry.op_id == found[-1].op_id, Entry.stage == STAGE)).first()
        bad = found[-1] if told is None or told.payload.get("after") != found[-1].told() else None
    return {"seq": bad.seq, "class": "anchor", "op_id": bad.op_id} if bad else None
