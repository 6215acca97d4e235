"""The submitted traffic form: shares as typed, what is wrong with them, and the change they make."""

from dataclasses import dataclass, field
from typing import Any

from web.changes.checks import MAX_ENTITIES, check
from web.changes.fields import current_config, route_name
from web.changes.forms import tree
from web.changes.kinds import Change, Kind
from web.features.traffic.steps import STEPS, step

WRONG = "A share is a whole number from 0 to 100."


@dataclass(frozen=True)
class Shares:
    """What the form shows. `typed` by served entity, in the form's order: a whole number, or the text somebody typed.
    `errors` by served entity, `error` about the split as a whole."""

    typed: dict[str, int | str]
    canary: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def wrong(self) -> bool:
        """Whether any rule is broken."""
        return bool(self.errors or self.error)


def shares_in(fields: tree.Tree) -> Shares:
    """The shares of `routes[i].served_entity_name` and `routes[i].traffic_percentage`."""
    rows = tree.rows(fields, "routes")[: 2 * MAX_ENTITIES]
    typed = {
        tree.text(row, "served_entity_name"): tree.whole(tree.text(row, "traffic_percentage"))
        for row in rows
        if tree.text(row, "served_entity_name")
    }
    return Shares(typed, tree.text(fields, "canary"))


def stepped(shares: Shares, do: str) -> Shares:
    """The shares after a button `step-10`; any other button changes nothing."""
    percent = tree.whole(do.removeprefix("step-"))
    if not isinstance(percent, int) or percent not in STEPS:
        return shares
    numbers = {name: share if isinstance(share, int) else 0 for name, share in shares.typed.items()}
    return Shares({**step(numbers, shares.canary, percent)}, shares.canary)


def checked(name: str, shares: Shares, live: dict[str, Any]) -> tuple[Change, Shares]:
    """The change, and the shares with every broken rule beside its field."""
    change = Change(kind=Kind.TRAFFIC, endpoint=name, body={"routes": _routes(shares, live)})
    errors = {entity: WRONG for entity, share in shares.typed.items() if not _sound(share)}
    found = check(change) if shares.typed and not errors else []
    error = next((finding.message for finding in found), "" if shares.typed else "The form named no served entity.")
    return change, Shares(shares.typed, shares.canary, errors, error)


def _sound(share: int | str) -> bool:
    return isinstance(share, int) and 0 <= share <= 100


def _routes(shares: Shares, live: dict[str, Any]) -> dict[str, int | str]:
    """Every share, but for an entity at 0 that has no route now: it needs none."""
    routes = (current_config(live).get("traffic_config") or {}).get("routes") or []
    routed = {route_name(route) for route in routes if isinstance(route, dict)}
    return {name: share for name, share in shares.typed.items() if share or name in routed}
