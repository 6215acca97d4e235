"""Checkpoints: how far the chain went, kept outside the database, so that a cut or re-stamped one is noticed."""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine, func
from sqlmodel import desc, select

from web.audit.anchors import newest
from web.audit.models import Entry
from web.db.engine import reading
from web.errors import Invalid

SHORT = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


@dataclass(frozen=True)
class Checkpoint:
    """The last entry when it was taken: its `seq`, its `mac` (64 hex digits), the `count` of entries since the
    beginning, archived ones too (0: not known)."""

    seq: int
    mac: str
    count: int = 0

    def line(self) -> str:
        """One JSON line: `{"event": "audit.checkpoint", "seq", "mac", "count"}`."""
        return json.dumps({"event": "audit.checkpoint", **asdict(self)})


def take(engine: Engine) -> Checkpoint | None:
    """Where the chain stands; None while it has no entry."""
    with reading(engine) as session:
        last = session.exec(select(Entry.seq, Entry.mac).order_by(desc(Entry.seq)).limit(1)).first()
        if last is None:
            return None
        count = session.exec(select(func.count()).select_from(Entry).where(Entry.seq <= last[0])).one()  # type: ignore[operator]
        behind = newest(session)
    return Checkpoint(int(last[0] or 0), last[1], count + (behind.count if behind else 0))


def parse(text: str) -> list[Checkpoint]:
    """Checkpoints out of `SEQ:MAC`, one JSON object, or a whole log; other lines are passed over.

    Raises Invalid when there is none: a check against nothing proves nothing.
    """
    short = SHORT.fullmatch(text.strip())
    found = [Checkpoint(int(short[1]), short[2])] if short else [c for c in map(_of, text.splitlines()) if c]
    if not found:
        raise Invalid("That is no checkpoint: SEQ:MAC, or a file with lines of audit.checkpoint.", field="checkpoint")
    return found


def _of(line: str) -> Checkpoint | None:
    try:
        said: Any = json.loads(line)
        seq, mac, count = int(said["seq"]), str(said["mac"]), int(said.get("count") or 0)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return Checkpoint(seq, mac, count) if SHORT.fullmatch(f"{seq}:{mac}") else None
