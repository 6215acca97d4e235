"""The submitted gateway page, by either tab → the change, or the same form with what is wrong."""

import json
from dataclasses import dataclass, field
from typing import Any

from web.changes import drafts
from web.changes.checks import Finding, check
from web.changes.forms import gateway
from web.changes.forms.gateway import GatewayForm, LimitForm
from web.changes.forms.tree import Tree, branch, text
from web.changes.gateway_support import gateway_blockers, support
from web.changes.kinds import Change, Kind
from web.errors import Invalid


@dataclass
class Tried:
    """What became of a submit: a change, or the form (or the JSON text, with the line of its mistake) and problems."""

    form: GatewayForm
    tab: str = "form"
    text: str = ""
    line: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    change: Change | None = None

    @property
    def summary(self) -> list[tuple[str, str]]:
        """(field name, message) of every problem, in order."""
        return list(self.errors.items())


def opened(value: dict[str, Any], kind: str, tab: str = "form") -> Tried:
    """The page of an `ai_gateway`, on either tab."""
    return Tried(gateway.from_gateway(value, kind), tab, as_text(value))


def as_text(value: dict[str, Any]) -> str:
    """The JSON tab's text."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def submitted(fields: Tree, kind: str) -> Tried:
    """The submitted value as form and as text, whichever tab it came from."""
    if text(fields, "tab") != "json":
        form = gateway.read(branch(fields, "gateway"))
        return Tried(form, "form", as_text(gateway.write(form, kind)))
    typed = text(fields, "json")
    try:
        value = drafts.parse_body(typed or "{}")
    except Invalid as error:
        line = error.message.partition("at line ")[2].partition(",")[0]
        return Tried(GatewayForm(), "json", typed, int(line) if line.isdigit() else 0, errors={"json": error.message})
    return Tried(gateway.from_gateway(value, kind), "json", as_text(value))


def press(form: GatewayForm, do: str) -> str:
    """Carry out a button that adds or removes a row; answers where the keyboard goes: `new-limit` or `add-limit`."""
    verb, _, place = do.partition("-limit")
    if verb == "add":
        form.limits.append(LimitForm())
        return "new-limit"
    number = place.removeprefix("-")
    if verb == "remove" and number.isdigit() and int(number) < len(form.limits):
        del form.limits[int(number)]
    return "add-limit"


def review(fields: Tree, live: dict[str, Any], *, table_off: bool = False) -> Tried:
    """The change of a submit; `table_off`: with the inference table off, as the first step of moving it."""
    kind = support(live).kind
    tried = submitted(fields, kind)
    if tried.errors:
        return tried
    found: list[tuple[str, str]] = []
    if tried.tab == "form":
        gateway.tidy(tried.form)
        tried.form.table = tried.form.table and not table_off
        found += gateway.slips(tried.form)
        body = gateway.write(tried.form, kind)
    else:
        body = drafts.parse_body(tried.text)
    change = Change(kind=Kind.GATEWAY, endpoint=str(live["name"]), body=body)
    found += [(finding.path, finding.message) for finding in (*check(change), *_blockers(body, live))]
    tried.errors = _by_field(found, tried.tab)
    tried.change = None if tried.errors else change
    return tried


def _blockers(body: dict[str, Any], live: dict[str, Any]) -> list[Finding]:
    return [Finding(*one) for one in gateway_blockers(body, live)]


# Where a finding's path has a field of another name.
SHOWN_AT = {
    "fallback_config": "gateway.fallback",
    "usage_tracking_config": "gateway.usage",
    "guardrails.input.pii.behavior": "gateway.input_pii",
    "guardrails.output.pii.behavior": "gateway.output_pii",
}


def _by_field(found: list[tuple[str, str]], tab: str) -> dict[str, str]:
    """Messages by form field; on the JSON tab by their path in the text."""
    by_field: dict[str, str] = {}
    for path, message in found:
        name = SHOWN_AT.get(path, "gateway." + path.removeprefix("inference_table_config."))
        by_field.setdefault(path if tab == "json" else name, message)
    return by_field
