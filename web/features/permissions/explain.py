"""Why can't somebody query this endpoint? Pure: facts in, steps and one sentence out. What is not known is said so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from web.features.permissions.grants import Grant, rank
from web.features.permissions.limits import limits
from web.features.permissions.verdicts import Step, missing, note, ok, unknown
from web.workspace.iam import ADMINS, PrincipalKind

EVERYBODY = "users"
QUERY = rank("CAN_QUERY")


@dataclass(frozen=True)
class Who:
    """The principal asked about. `groups` None: they could not be read. `there`: "yes", "no", "inactive", "unknown"."""

    kind: PrincipalKind
    name: str
    display: str
    groups: tuple[str, ...] | None = None
    there: Literal["yes", "no", "inactive", "unknown"] = "yes"

    @property
    def known_groups(self) -> tuple[str, ...]:
        """Groups that surely hold for them: everybody of the workspace is in `users`."""
        named = (self.name,) if self.kind == "group" else ()
        return (*named, *(self.groups or ()), *(() if EVERYBODY in (self.groups or ()) else (EVERYBODY,)))


@dataclass(frozen=True)
class Facts:
    """`raw`: the JSON of GET. `direct` and `inherited` None: this person may not read the grants.
    `out_of_reach`: for want of a scope.
    `executes`: model → whether the endpoint's identity may load it, None where that could not be asked."""

    raw: dict[str, Any]
    who: Who
    direct: list[Grant] | None
    inherited: list[Grant] | None
    executes: dict[str, bool | None] = field(default_factory=dict)
    out_of_reach: bool = False


@dataclass(frozen=True)
class Answer:
    """`verdict`: yes, no or unknown; `sentence` names the first missing piece; `grant`: CAN_QUERY would help."""

    verdict: Literal["yes", "no", "unknown"]
    sentence: str
    steps: list[Step]
    grant: bool


def explain(facts: Facts) -> Answer:
    """Walks from the endpoint's state to the caller's token, in the order a call meets them."""
    who, name = facts.who, str(facts.raw.get("name"))
    steps = [state(facts.raw), member(who), granted(facts), limits(facts.raw, who), token(facts.raw), app(facts.raw)]
    steps += list(runs_as(facts))
    lacking = [step for step in steps if step.verdict == "missing"]
    unsure = [step for step in steps if step.verdict == "unknown" and step.decides]
    grant = any(step.key == "grant" and step.verdict in ("missing", "unknown") for step in steps) and who.there != "no"
    if lacking:
        more = f" {len(lacking) - 1} more below." if len(lacking) > 1 else ""
        return Answer("no", f"{who.display} cannot query {name}: {lacking[0].text}{more}", steps, grant)
    if unsure:
        return Answer("unknown", f"Whether {who.display} can query {name} is not known: {unsure[0].text}", steps, grant)
    return Answer("yes", f"{who.display} can query {name}.", steps, grant)


def state(raw: dict[str, Any]) -> Step:
    """Does anything answer?"""
    said = raw.get("state") or {}
    update = said.get("config_update")
    if said.get("suspend") == "STOPPED":
        return missing("state", "State", "the endpoint is stopped; calls get HTTP 400 until it is started.")
    if not raw.get("config"):
        if update == "IN_PROGRESS":
            return missing("state", "State", "its first deployment is still running; calls get HTTP 404 until then.")
        return missing("state", "State", "nothing is deployed on it that could answer.")
    if said.get("ready") != "READY":
        return missing("state", "State", f"it is {said.get('ready') or 'in an unknown state'}.")
    running = " An update is running; the config that serves keeps answering." if update == "IN_PROGRESS" else ""
    return ok("state", "State", f"READY.{running}")


def member(who: Who) -> Step:
    """Is there such a principal?"""
    title = "Workspace"
    if who.there == "no":
        return missing("member", title, "the workspace knows nobody of this name.")
    if who.there == "inactive":
        return missing("member", title, "they have been deactivated in this workspace.")
    if who.there == "unknown":
        return unknown("member", title, "people could not be looked up with your rights just now.", decides=False)
    return ok("member", title, "Active in this workspace.")


def granted(facts: Facts) -> Step:
    """The strongest right that reaches them, and by which way."""
    who, title = facts.who, "Permission"
    if facts.direct is None or facts.inherited is None:
        if facts.out_of_reach:
            return unknown("grant", title, "your sign-in does not reach permissions, so grants could not be read.")
        return unknown("grant", title, "you may not read who has been granted what.")
    ways = sorted(_ways(facts), key=lambda way: -rank(way[0]))
    if ways and rank(ways[0][0]) >= QUERY:
        told = "; ".join(f"{level} {how}" for level, how in ways)
        return ok("grant", title, f"{told[0].upper()}{told[1:]}.")
    if who.groups is None and who.kind != "group":
        return unknown("grant", title, "no grant names them, and their groups could not be read.")
    if ways:
        return missing("grant", title, f"{ways[0][0]} {ways[0][1]} lets them look, not call; CAN_QUERY is missing.")
    return missing("grant", title, "no grant reaches them; CAN_QUERY is missing.")


def _ways(facts: Facts) -> Iterator[tuple[str, str]]:
    who = facts.who
    for grant in [*(facts.direct or []), *(facts.inherited or [])]:
        source = f", inherited from {grant.source}" if grant.source else ""
        if (grant.kind, grant.name) == (who.kind, who.name):
            yield grant.level, f"{'inherited' if source else 'directly'}{source.removeprefix(', inherited')}"
        elif grant.kind == "group" and grant.name in who.known_groups:
            role = "as workspace admin" if grant.name == ADMINS else f"through the group {grant.name}"
            yield grant.level, f"{role}{source}"


def token(raw: dict[str, Any]) -> Step:
    """Which tokens the endpoint takes."""
    if raw.get("route_optimized"):
        text = "Route optimized: only an OAuth token made for this endpoint works, at its own address; no PAT."
        return note("token", "Token", text)
    return ok("token", "Token", "Takes OAuth tokens and personal access tokens.")


def app(raw: dict[str, Any]) -> Step:
    """What an app in between needs; that token is not visible from here."""
    scopes = ((raw.get("auth_policy") or {}).get("user_auth_policy") or {}).get("api_scopes") or []
    text = "An app that calls on a person's behalf needs the scope serving.serving-endpoints; its token is not visible."
    if scopes:
        text += f" The agent itself asks for: {', '.join(map(str, scopes))}."
    return unknown("app", "App in between", text, decides=False)


def runs_as(facts: Facts) -> Iterator[Step]:
    """The identity behind the endpoint: it loads the models. Lacking EXECUTE stops the next update, not a call."""
    creator = str(facts.raw.get("creator") or "its creator")
    for model, executes in facts.executes.items():
        title = f"Runs as {creator}"
        if executes is None:
            yield unknown("run-as", title, f"EXECUTE on {model} could not be checked.", decides=False)
        elif executes:
            yield ok("run-as", title, f"May EXECUTE {model}.")
        else:
            yield note("run-as", title, f"No EXECUTE on {model}: what serves goes on, the next update is refused.")
