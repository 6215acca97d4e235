"""Those who ask in the matrix, one of each role, and what they ask about: one endpoint for each grant, with a past."""

import hashlib
import time
import uuid

import httpx
from sqlmodel import Session, col, select

from tests.servers import Portal
from web.audit.models import Draft, QueuedChange, Snapshot
from web.db.engine import open_engine
from web.emulator.seed_parts import Grants, add, config, custom
from web.emulator.server import Emulator

TEAM = "matrix-team"
ROLES = {"PORTAL_OPERATOR_GROUP": "operators", "PORTAL_ADMIN_GROUP": "chiefs", "PORTAL_AUDITOR_GROUP": "auditors"}
GROUPS: dict[str, tuple[str, ...]] = {
    "viewer": (TEAM,),
    "operator": (TEAM, "operators"),
    "portal-admin": (TEAM, "chiefs"),
    "admin": ("admins",),
    "auditor": (TEAM, "auditors"),
    "other-team": ("growth", "operators"),
}
"""Each person of the matrix and their groups in the workspace. The team is whom the endpoints grant something."""
GRANTED = {"none": "", "view": "CAN_VIEW", "query": "CAN_QUERY", "manage": "CAN_MANAGE"}
NEVER = "never"
"""The name of the endpoint that does not exist."""
USES = ("review", "apply", "resolve", "join", "queued-apply", "queued-cancel")
"""A person has a draft of each for every endpoint, made while they still could; another person has one too."""
CREATOR, STRANGER = "alice@example.com", "stranger"


class Cast:
    """`ask` a question as somebody; `operations`, `states` and `queued` are what an address may name."""

    def __init__(self, portal: Portal, emulator: Emulator) -> None:
        self.portal, self.emulator = portal, emulator
        self.operations: dict[str, str] = {NEVER: draft(NEVER, NEVER, NEVER)}
        self.queued: dict[str, int] = {}
        self.states: dict[str, int] = {}
        self._plant()
        self._change()
        self._keep()

    def _plant(self) -> None:
        world = self.emulator.world
        for person, groups in GROUPS.items():
            world.people.add_user(mail(person), person.capitalize(), *groups, token=f"dapi-{person}")
        now = world.clock.now_ms()
        for name, level in GRANTED.items():
            grants: Grants = {"group_name": {TEAM: level}} if level else {}
            serves = config(world, 1, [custom("churn", 1), custom("churn", 3)], now, CREATOR, [90, 10])
            add(world, endpoint(name), "custom", CREATOR, serves, grants=grants)

    def _change(self) -> None:
        """One operation on each endpoint, by somebody else."""
        headers = {"X-Forwarded-Access-Token": "dapi-alice"}
        with httpx.Client(base_url=self.portal.url, headers=headers, timeout=30, trust_env=False) as alice:
            for acl in GRANTED:
                change = {"kind": "tags.update", "endpoint": endpoint(acl), "body": {"add": {"canary": canary(acl)}}}
                key = {"Idempotency-Key": uuid.uuid4().hex}
                made = alice.post("/api/v1/changes", json={"change": change}, headers=key).raise_for_status()
                self.operations[acl] = made.json()["operation"]["id"]

    def _keep(self) -> None:
        """Drafts and places in line, as they are left behind when a right is lost."""
        engine, now = open_engine(self.portal.database_url), int(time.time() * 1000)
        with Session(engine) as session:
            for person in (*GROUPS, STRANGER):
                for acl in (NEVER, *GRANTED):
                    change = {"kind": "tags.update", "endpoint": endpoint(acl), "body": {}}
                    for use in USES:
                        change = {**change, "body": {"add": {"by": f"{person} {use}"}}}
                        session.add(Draft(id=draft(person, acl, use), actor=mail(person), at=now, change=change))
                        if use.startswith("queued"):
                            session.add(self._row(person, acl, use, now))
            session.commit()
            rows = session.exec(select(QueuedChange).order_by(col(QueuedChange.seq)))
            self.queued = {row.draft: int(row.seq or 0) for row in rows}
            seen = session.exec(select(Snapshot).where(Snapshot.scope == "endpoint").order_by(col(Snapshot.seq).desc()))
            by_name = {row.endpoint: int(row.seq or 0) for row in seen}  # the first: what is live now differs from it
            self.states = {acl: by_name[endpoint(acl)] for acl in GRANTED}
            self.states[NEVER] = self.states["none"]
        engine.dispose()

    def _row(self, person: str, acl: str, use: str, now: int) -> QueuedChange:
        name = endpoint(acl)
        known = self.emulator.world.endpoints.get(name)
        return QueuedChange(
            draft=draft(person, acl, use), host=self.emulator.url, endpoint=name, kind="tags.update",
            endpoint_id=(known and known.id) or "", actor=mail(person), at=now,
        )  # fmt: skip


def mail(person: str) -> str:
    """A person's e-mail."""
    return f"{person}@example.com"


def endpoint(acl: str) -> str:
    """The endpoint's name: all as long as each other, so that pages about them can be compared."""
    return f"matrix-{acl:_<6}".replace("_", "x")


def canary(acl: str) -> str:
    """What stands in the endpoint's history and nowhere else."""
    return f"canary-{acl}"


def draft(person: str, acl: str, use: str) -> str:
    """The id of a draft."""
    return hashlib.md5(f"{person} {acl} {use}".encode(), usedforsecurity=False).hexdigest()
