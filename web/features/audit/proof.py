"""The verdict on the history in words: what was checked, and what is wrong where something is."""

import time
from dataclasses import dataclass

from web.audit import queries
from web.audit.checkpoint import Checkpoint
from web.audit.ledger import Ledger
from web.audit.queries import May
from web.audit.verify import Verdict, verify
from web.errors import PortalError

DAMAGE = {
    "edited": "This entry is not what was signed: somebody changed it in the database.",
    "removed": "An entry before this one is gone.",
    "inserted": "Nobody with the key wrote this entry, or it is a copy of another.",
    "reordered": "This entry stands in another place than where it was written.",
    "truncated": "The history ends before the last checkpoint: its newest entries are gone.",
    "restamped": "From here on the history was signed anew: with another key, or after a checkpoint was taken.",
    "projection": "The operation says something else than its entries.",
    "anchor": "What the chain begins at is not what was moved to the archive.",
    "unreadable": "This entry cannot be read at all.",
}


@dataclass(frozen=True)
class Proof:
    """The verdict, how long it took, what the damage means, the operation it is in (empty unless this person may see
    it), and the checkpoint it was held against."""

    verdict: Verdict
    took_s: float
    means: str
    operation: str
    checkpoint: Checkpoint | None


def proven(ledger: Ledger, may: May) -> Proof:
    """Walk the whole history now: about a second for 100,000 entries."""
    began = time.monotonic()
    mark = ledger.checkpoint
    found = verify(ledger.engine, ledger.key, [mark] if mark else [])
    bad = found.first_bad or {}
    means = DAMAGE.get(str(bad.get("class", "")), "It is not what was written.")
    return Proof(found, time.monotonic() - began, means, _operation(ledger, may, str(bad.get("op_id") or "")), mark)


def _operation(ledger: Ledger, may: May, op_id: str) -> str:
    try:
        return queries.operation(ledger.engine, op_id, may).id if op_id else ""
    except PortalError:
        return ""
