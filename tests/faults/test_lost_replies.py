"""Thousands of changes whose replies are lost, cut, late refusals or never began: none is sent twice, each is true."""

import os
import random
import uuid
from pathlib import Path

from tests.faults import scenarios
from tests.faults.rig import ACTOR, BOB, Rig
from tests.faults.scenarios import API
from tests.features.changes.support import change
from web.changes.kinds import Change
from web.changes.perform import perform
from web.changes.settle import settle
from web.emulator import faults
from web.emulator.server import Emulator

OPS = int(os.environ.get("PORTAL_OPS", "5000")) if os.environ.get("PORTAL_SOAK") else 20
SEED = int(os.environ.get("PORTAL_SEED", "1"))
LONGEST_REPLY = 400


def test_no_lost_reply_leads_to_a_second_send(emulator: Emulator, tmp_path: Path) -> None:
    rig, dice = Rig(emulator, tmp_path), random.Random(SEED)  # noqa: S311 - a seed, no secret
    name = scenarios.ready(rig)["name"]
    log = emulator.world.requests.entries
    true: list[tuple[str, bool]] = []
    for _ in range(OPS):
        log.clear()
        emulator.world.faults.ordered = [faults.parse(lost(dice))]
        wanted = Change.model_validate(change("tags.update", name, add={"mark": uuid.uuid4().hex[:8]}))
        made = perform(rig.ledger, rig.ws, ACTOR, wanted, None, uuid.uuid4().hex).operation
        emulator.world.faults.ordered = []
        sent = rig.sent()
        assert len(sent) == 1, f"seed {SEED}: {len(sent)} sends"
        rig.later_ms += 11_000
        settle(rig.ledger, rig.ws, sees_all=False, me=BOB)
        true.append((made.id, 200 <= (sent[0].status or 0) < 300))
    outcomes = {operation.id: operation.outcome for operation in rig.settled()}
    assert len(outcomes) == OPS
    assert [(i, outcomes[i] == "success") for i, _ in true] == true, f"seed {SEED}"
    assert set(outcomes.values()) <= {"success", "failed"}
    assert rig.chain_holds()


def lost(dice: random.Random) -> dict[str, object]:
    """A reply that does not arrive whole, before or after the effect."""
    kind = dice.choice(["reset", "drop_reply", "truncate", "truncate", "garbage", "status"])
    match = {"method": "PATCH", "path": f"{API}/*/tags"}
    return {"match": match, "fault": kind, "at": dice.randrange(1, LONGEST_REPLY), "status": 503, "times": 1}
