"""What the New endpoint pages show: choices, the endpoint to copy, whether a name is free."""

from dataclasses import dataclass
from typing import Literal

from web.audit.ledger import Ledger
from web.changes import drafts
from web.changes.forms import config
from web.changes.perform import Actor
from web.errors import Forbidden, Invalid, NotFound, PortalError
from web.features.create.forms import EndpointForm, from_body
from web.workspace import names, sight
from web.workspace.client import Workspace


@dataclass(frozen=True)
class NameCheck:
    """Whether a name may be taken: `state` is empty, ok, bad or unsure."""

    state: Literal["empty", "ok", "bad", "unsure"]
    message: str


def check_name(ws: Workspace, name: str) -> NameCheck:
    """Rules first, then the workspace. An endpoint that the person may not see does not show here."""
    if not name:
        return NameCheck("empty", "")
    try:
        names.new_endpoint_name(name)
        sight.endpoint(ws, name)
    except Invalid as error:
        return NameCheck("bad", error.message)
    except (NotFound, Forbidden):
        return NameCheck("ok", "No endpoint that you may see has this name.")
    except PortalError as error:
        return NameCheck("unsure", f"The name could not be checked: {error.message}")
    return NameCheck("bad", f"An endpoint named '{name}' exists already.")


def form_of_draft(ledger: Ledger, actor: Actor, draft: str) -> EndpointForm:
    """The form a person left for the Review page. Raises NotFound for a draft that is not theirs."""
    change, _ = drafts.reopen(ledger, actor, draft)
    return from_body(change.endpoint, change.body, config.kind_of(change.body.get("config") or {}))
