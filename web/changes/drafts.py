"""Drafts: a change between its form and Apply. Kept in the database without secrets; typed secrets stay in memory.

A draft's id is the idempotency key of its change, so that a draft can be applied once and no more.
"""

import json
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any

from sqlmodel import select

from web.audit.ledger import Ledger
from web.audit.models import Draft
from web.audit.redact import is_secret
from web.changes.diff import fingerprint
from web.changes.forms import held, live
from web.changes.kinds import Base, Change, Kind, unsendable
from web.changes.parts import part_of
from web.changes.perform import Actor
from web.changes.plan import base_of
from web.db.engine import reading
from web.errors import Invalid, NotFound
from web.workspace import sight
from web.workspace.client import Workspace

HELD = "$held"
KEEP_S = 3600.0

_held: dict[str, tuple[float, Any]] = {}
_lock = threading.Lock()


def open_base(ledger: Ledger, kind: Kind, now: dict[str, Any], grants: list[dict[str, Any]] | None = None) -> Base:
    """The base for a form that is about to be shown, remembered so that a conflict can be explained later."""
    base = base_of(kind, now, grants)
    part = part_of(kind, now, grants or [])
    ledger.remember(str(now.get("name")), kind, base.hash, base.config_version, part)
    return base


def base_from_form(form: Mapping[str, Any]) -> Base | None:
    """The base that a form carried in `base_hash` and `base_version`; None when it carried none."""
    digest, version = str(form.get("base_hash") or ""), str(form.get("base_version") or "")
    if not digest:
        return None
    return Base(config_version=int(version) if version.isdigit() else None, hash=digest[:64])


def start(ledger: Ledger, actor: Actor, change: Change, base: Base | None) -> str:
    """Store the draft; answers the address of its Review page. Raises PortalError 503 when it cannot be stored."""
    draft = Draft(
        id=secrets.token_hex(16),
        actor=actor.email,
        at=ledger.clock(),
        change={**change.model_dump(mode="json"), "body": _hold(change.body, "")},
        base=base.model_dump() if base else None,
    )
    ledger.keep(draft)
    return f"/changes/review/{draft.id}"


def reopen(ledger: Ledger, actor: Actor, draft_id: str) -> tuple[Change, Base | None]:
    """One's own draft for its form: every secret a mark, also one that is not held any more. Raises NotFound."""
    draft = _own(ledger, actor, draft_id)
    body = held.hold_all(actor.email, _give_back(draft.change["body"], forgiving=True))
    return Change.model_validate({**draft.change, "body": body}), _base(draft)


def load(ledger: Ledger, actor: Actor, draft_id: str, ws: Workspace | None = None) -> tuple[Change, Base | None]:
    """The change of one's own draft with its secrets back in place. Raises NotFound, or Invalid when they are gone.

    With `ws`, values that stay as they are get read from the live endpoint; without, their marks stay.
    """
    draft = _own(ledger, actor, draft_id)
    body = _give_back(draft.change["body"])
    if ws is not None and live.has_marks(body):
        body = _as_live(ws, actor, str(draft.change["endpoint"]), body)
    return Change.model_validate({**draft.change, "body": body}), _base(draft)


def _base(draft: Draft) -> Base | None:
    return Base.model_validate(draft.base) if draft.base else None


def _own(ledger: Ledger, actor: Actor, draft_id: str) -> Draft:
    with reading(ledger.engine) as session:
        draft = session.exec(select(Draft).where(Draft.id == draft_id, Draft.actor == actor.email)).first()
    if draft is None:
        raise NotFound("There is no such draft of yours.", hint="Nothing was sent. Start again from the form.")
    return draft


def _as_live(ws: Workspace, actor: Actor, name: str, body: dict[str, Any]) -> Any:
    known = live.values(sight.endpoint(ws, name))
    filled, gone = held.give_all(actor.email, body, known)
    if gone:
        raise Invalid(
            f"{gone[0]} was to stay as it is, but the live endpoint does not have it any more. Nothing was sent.",
            code="SECRET_GONE",
            hint="Go back to the form and type it again.",
        )
    return filled


def _hold(value: Any, field: str) -> Any:
    if isinstance(value, dict):
        return {
            k: _keep(v) if is_secret(k, v, field) and not live.has_marks(v) else _hold(v, str(k))
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [_hold(v, field) for v in value]
    return value


def _keep(value: Any) -> dict[str, str]:
    token = secrets.token_urlsafe(16)
    now = time.monotonic()
    with _lock:
        for old in [t for t, (until, _) in _held.items() if until < now]:
            del _held[old]
        _held[token] = (now + KEEP_S, value)
    return {HELD: token}


def _give_back(value: Any, *, forgiving: bool = False) -> Any:
    if isinstance(value, dict):
        if HELD in value:
            return _held_value(str(value[HELD]), forgiving=forgiving)
        return {k: _give_back(v, forgiving=forgiving) for k, v in value.items()}
    if isinstance(value, list):
        return [_give_back(v, forgiving=forgiving) for v in value]
    return value


def _held_value(token: str, *, forgiving: bool) -> Any:
    with _lock:
        found = _held.get(token)
    if found is None or found[0] < time.monotonic():
        if forgiving:
            return held.MARK + "gone"
        raise Invalid(
            "The secret you typed is not held any more. Nothing was sent.",
            code="SECRET_GONE",
            hint="Typed keys are kept in memory for an hour and never stored. Go back to the form and type it again.",
        )
    return found[1]


def same(one: Change, other: Change) -> bool:
    """Whether two changes ask for the same thing."""
    return fingerprint(one.model_dump(mode="json")) == fingerprint(other.model_dump(mode="json"))


def parse_body(text: str) -> dict[str, Any]:
    """A JSON object typed by a person. Raises Invalid with line and column for anything else."""
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Invalid(f"This is not valid JSON{where}.", field="json") from error
    if not isinstance(data, dict):
        raise Invalid("This is JSON, but not an object.", field="json")
    if problem := unsendable(data):
        raise Invalid(f"This cannot be sent. {problem}", field="json")
    return data
