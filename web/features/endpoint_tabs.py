"""The head that all pages of one endpoint share: its two state facts, what the person may do, and the tabs.

A page of an endpoint calls `head(request, raw, "config")`, gives it to its template as `endpoint`, and the template
says `{% include "endpoints/_header.html" %}`. A slice adds its tab with `Slice(…, tabs=(Tab("config", "Config", …),))`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.errors import Forbidden
from web.features.slice import Slice, Tab
from web.html.respond import page
from web.identity.roles import Role
from web.workspace import serving
from web.workspace.rows import StateRow, to_row

LEVELS = ("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE")
OTHER_PAGES = ("new", "table")
OVERVIEW = Tab("overview", "Overview", "", order=0, needs_id=False)


@dataclass(frozen=True)
class EndpointHead:
    """What `endpoints/_header.html` draws. `tabs` are (key, label, address); `state` has the words of the API.

    `settled` is False while a config update runs: the state badges then ask for themselves. `manages`: the workspace
    lets the person change it; `can_manage`: so does the portal, which lets viewers look only.
    """

    name: str
    kind: str
    task: str
    creator: str
    permission: str
    state: StateRow
    settled: bool
    manages: bool
    can_manage: bool
    can_stop: bool
    can_start: bool
    hosted: bool
    tabs: list[tuple[str, str, str]]
    current: str
    live_here: bool = False

    def why_not(self, what: str) -> str:
        """Why `what`, such as "Shifting traffic", is not for this person."""
        if self.manages:
            return f"{what} is for members of the group that the banner above names; you may look."
        return f"{what} needs CAN_MANAGE on this endpoint; you have {self.permission or 'less'}."


def place(name: str) -> str:
    """The address of an endpoint's page. An endpoint named like another page has it one step further down."""
    return f"/endpoints/{name}/overview" if name in OTHER_PAGES else f"/endpoints/{name}"


def collect_tabs(slices: Iterable[Slice]) -> list[Tab]:
    """The tabs of all registered slices in their order, for `app.state.endpoint_tabs`."""
    return sorted((tab for slice_ in slices for tab in slice_.tabs), key=lambda tab: (tab.order, tab.label))


def head(request: Request, raw: dict[str, Any], current: str, *, live_here: bool = False) -> EndpointHead:
    """The head for the endpoint `raw` (the JSON of GET) with the tab `current` marked.

    `live_here`: the page refreshes the state badges itself.
    """
    row = to_row(raw)
    state = row.state or StateRow()
    kind = kind_for_people(row.task, serving.kind_of(row))
    permission = row.permission_level or ""
    manage = bool(row.id) and permission in ("", "CAN_MANAGE")
    settled = state.config_update != "IN_PROGRESS"
    stopped = state.suspend == "STOPPED"
    may = manage and request.state.role > Role.VIEWER
    stoppable = may and settled and kind in ("custom", "agent") and row.config is not None
    return EndpointHead(
        name=row.name,
        kind=kind,
        task=row.task or "",
        creator=row.creator or "",
        permission=permission,
        state=state,
        settled=settled,
        manages=manage,
        can_manage=may,
        can_stop=stoppable and not stopped,
        can_start=stoppable and stopped,
        hosted=not row.id,
        tabs=_tabs(request, row.name, serving.kind_of(row), permission, bool(row.id), current),
        current=current,
        live_here=live_here,
    )


def hosted(request: Request, raw: dict[str, Any], current: str) -> Response:
    """The page `current` of an endpoint that Databricks runs for everybody: what does not apply to it, and why."""
    return page(request, "endpoints/hosted.html", endpoint=head(request, raw, current))


def check_manages(request: Request, raw: dict[str, Any]) -> None:
    """For what a form of the endpoint `raw` starts. Raises Forbidden for whoever may not change it: no page offers them
    the form. What Databricks runs for everybody passes: Review says of it what cannot be."""
    top = head(request, raw, "")
    if not top.hosted and not top.can_manage:
        raise Forbidden("You may not change this endpoint.", hint=top.why_not("That") + " Nothing was sent.")


def kind_for_people(task: str | None, kind: str) -> str:
    """The kind as the portal shows it: a custom model that speaks an agent's protocol is an agent."""
    return "agent" if kind == "custom" and (task or "").startswith("agent/") else kind


def _tabs(
    request: Request, name: str, kind: str, permission: str, has_id: bool, current: str
) -> list[tuple[str, str, str]]:
    """Those that fit, and the one the person is on: its page says why it is not for them."""
    known: list[Tab] = getattr(request.app.state, "endpoint_tabs", [])
    shown = [tab for tab in known if tab.key == current or _fits(tab, kind, permission, has_id)]
    return [(tab.key, tab.label, f"/endpoints/{name}{tab.suffix}" if tab.suffix else place(name)) for tab in shown]


def _fits(tab: Tab, kind: str, permission: str, has_id: bool) -> bool:
    if tab.needs_id and not has_id:
        return False
    if tab.kinds and kind not in tab.kinds:
        return False
    return permission not in LEVELS or LEVELS.index(permission) >= LEVELS.index(tab.needs)
