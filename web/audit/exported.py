"""Verifies an exported JSONL by itself, with the key alone: no database is needed."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from web.audit import chain
from web.audit.checkpoint import Checkpoint
from web.audit.models import Entry
from web.audit.verify import Verdict, facts, same_moment, signed, unsaid


class Link(NamedTuple):
    """What is kept of an entry that was signed: a whole archive fits into memory."""

    op_id: str
    prev_mac: str
    mac: str


def verify_lines(lines: Iterable[str], key: bytes, checkpoints: Sequence[Checkpoint] = ()) -> Verdict:
    """Every entry is what was signed, every operation what its entries say. `first_bad["seq"]` is the entry's, or 0.

    A part of the history has gaps, so entries are held against the one before them only where it is in the file;
    a checkpoint after the last entry is `truncated`, which a filtered export is too.
    """
    entries: dict[int, Link] = {}
    for number, line in enumerate(lines, 1):
        try:
            found = [Entry(op_id=json.loads(line)["id"], **entry) for entry in json.loads(line)["entries"]]
            bad = _operation(json.loads(line), found, key)
        except (ValueError, KeyError, TypeError, AttributeError):
            return Verdict(False, len(entries), chain.GENESIS, {"seq": 0, "class": "edited", "op_id": f"line {number}"})
        if bad:
            return Verdict(False, len(entries), chain.GENESIS, bad)
        entries |= {int(e.seq or 0): Link(e.op_id, e.prev_mac, e.mac) for e in found}
    bad = _links(entries) or _marks(entries, checkpoints)
    head = entries[max(entries)].mac if entries else chain.GENESIS
    return Verdict(bad is None, len(entries), head, bad)


def _operation(said: dict[str, Any], entries: list[Entry], key: bytes) -> dict[str, Any] | None:
    present = unsaid(entries[-1].stage if entries else "")
    for entry in entries:
        if not signed(key, entry):
            return {"seq": entry.seq, "class": "edited", "op_id": entry.op_id}
        present |= facts(entry.actor, entry.payload)
    wrong = not entries or any(not chain.alike(said[name], value) for name, value in present.items() if name in said)
    wrong = wrong or not same_moment(said["at"], entries[0].at)
    return {"seq": 0, "class": "projection", "op_id": said["id"]} if wrong else None


def _links(entries: dict[int, Link]) -> dict[str, Any] | None:
    for seq, entry in sorted(entries.items()):
        before = entries.get(seq - 1)
        if before is not None and before.mac != entry.prev_mac:
            return {"seq": seq, "class": "reordered", "op_id": entry.op_id}
    return None


def _marks(entries: dict[int, Link], checkpoints: Sequence[Checkpoint]) -> dict[str, Any] | None:
    for mark in sorted(checkpoints, key=lambda c: c.seq):
        entry = entries.get(mark.seq)
        if entry is None:
            kind = "truncated" if mark.seq > max(entries, default=0) else "removed"
            return {"seq": mark.seq, "class": kind, "op_id": ""}
        if entry.mac != mark.mac:
            return {"seq": mark.seq, "class": "restamped", "op_id": entry.op_id}
    return None
