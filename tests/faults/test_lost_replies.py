"""Thousands of changes whose replies are lost, cut, late refusals or never began: none is sent twice, each is true.

Creates (some with permissions), config updates, tags, gateway limits, permissions and deletes, a mixture by
PORTAL_SEED: 20 in `make test`, PORTAL_OPS (5,000) in `make soak`. There, each kind of write is also cut at every byte
of its reply, about 4,000 more; in `make test` at one byte each.
"""

import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults.hand import Hand, Row
from tests.faults.rig import Rig
from web.emulator.faults import Fault, parse
from web.emulator.server import Emulator

SOAK = bool(os.environ.get("PORTAL_SOAK"))
OPS = int(os.environ.get("PORTAL_OPS", "5000")) if SOAK else 20
SEED = int(os.environ.get("PORTAL_SEED", "1"))
LONGEST_REPLY = 1500
# Of each kind of write: what makes it, and which of its calls is cut.
WRITES = (
    ("create", 0), ("create_and_grant", 0), ("create_and_grant", 1), ("config", 0), ("tags", 0), ("gateway", 0),
    ("permissions", 0), ("delete", 0),
)  # fmt: skip


@pytest.fixture
def rig(emulator: Emulator, tmp_path: Path) -> Rig:
    return Rig(emulator, tmp_path)


def test_no_lost_reply_leads_to_a_second_send_or_to_a_false_record(rig: Rig) -> None:
    dice = random.Random(SEED)  # noqa: S311 - a seed, no secret
    hand, row, kinds = Hand(rig, dice), Row(rig), Counter[str]()
    for place in range(OPS):
        scenario = hand.next()
        method, path = dice.choice(scenario.match)
        row.one(scenario, parse({"match": {"method": method, "path": path}, **lost(dice)}))
        kinds[scenario.change.kind.value] += 1
        if place % 500 == 499:
            print(f"seed {SEED}: {place + 1} changes, {row.unknown} first unknown, {dict(kinds)}", flush=True)
    row.is_true()


def lost(dice: random.Random) -> dict[str, Any]:
    """A reply that does not arrive whole, before or after the effect."""
    kind = dice.choice(["reset", "drop_reply", "truncate", "truncate", "garbage", "status"])
    status = dice.choice([500, 502, 503, 504])
    return {"fault": kind, "at": dice.randrange(1, LONGEST_REPLY), "status": status, "times": 1}


@pytest.mark.parametrize(("kind", "call"), WRITES)
def test_a_reply_cut_at_any_byte_leads_to_no_second_send_and_to_a_true_record(rig: Rig, kind: str, call: int) -> None:
    dice = random.Random(SEED)  # noqa: S311 - a seed, no secret
    hand, row = Hand(rig, dice), Row(rig)
    whole = cut(hand, row, kind, call, 1)
    places = range(2, whole + 1) if SOAK else dice.sample(range(2, whole + 1), 1)
    for place in places:
        cut(hand, row, kind, call, place)
    row.is_true()
    print(f"{kind}: {len(row.done)} places of {whole}, {row.unknown} first unknown")


def cut(hand: Hand, row: Row, kind: str, call: int, place: int) -> int:
    """A write of this kind whose reply ends after `place` bytes; how many it has."""
    hand.forget_others()
    scenario = getattr(hand, kind)()
    method, path = scenario.match[call]
    fault = Fault("truncate", path, method, times=1, at=place)
    row.one(scenario, fault)
    return fault.whole
