"""Going through the pages as a browser does: a draft from a form, its Review, what its buttons post."""

import copy
import re
from collections.abc import Callable
from typing import Any

import httpx

from tests.servers import Portal
from web.audit.chain import load_key
from web.audit.ledger import Ledger, now_ms
from web.changes import drafts
from web.changes.fields import writable_config
from web.changes.kinds import Base, Change, Kind
from web.changes.perform import Actor
from web.db.engine import open_engine
from web.emulator.server import Emulator

DRAFT = re.compile(r'name="draft" value="([0-9a-f]+)"')
SEEN = re.compile(r'name="seen" value="([0-9a-f]*)"')
SEQ = re.compile(r'/changes/queue/(\d+)/(?:apply|cancel)"')
FOREIGN = {"Authorization": "Bearer dapi-alice"}


def one(pattern: re.Pattern[str], text: str) -> str:
    """The only thing in a page that has this form."""
    found = pattern.search(text)
    assert found, f"no {pattern.pattern} in:\n{text[-4000:]}"
    return found.group(1)


def enqueue(who: httpx.Client, review: str, **ticked: str) -> httpx.Response:
    """Press "Apply when it is done"."""
    assert "Apply when it is done" in review, review[-4000:]
    return who.post("/changes/queue", data={"draft": one(DRAFT, review), "seen": one(SEEN, review), **ticked})


def foreign(emulator: Emulator, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
    """Another client changes the workspace."""
    url = f"{emulator.url}/api/2.0/serving-endpoints/{path}"
    answer = httpx.request(method, url, json=body, headers=FOREIGN, timeout=10)
    answer.raise_for_status()
    return answer


def at_desk(portal: Portal, clock: Callable[[], int] = now_ms) -> Ledger:
    """The portal's own history, opened beside it."""
    engine = open_engine(portal.database_url)
    return Ledger(engine, load_key("", portal.data_dir), clock)


def config_edit(live: dict[str, Any], **fields: Any) -> Change:
    """A config change that sets fields of the first entity."""
    body = copy.deepcopy(writable_config(live["config"]))
    body["served_entities"][0] |= fields
    return Change(kind=Kind.CONFIG, endpoint=live["name"], body=body)


def submit(desk: Ledger, email: str, change: Change, live: dict[str, Any], base: Base | None = None) -> str:
    """Send a form that was opened on `live`, or when `base` was taken; the address of its Review."""
    base = base or drafts.open_base(desk, change.kind, live)
    return drafts.start(desk, Actor(email), change, base)
