"""The endpoint as a resource of a Databricks bundle (databricks.yml)."""

import json
from typing import Any

import yaml

from web.changes.kinds import Change, Kind
from web.changes.spell.fit import left_out
from web.changes.spell.masks import comments, committable
from web.changes.spell.shapes import BUNDLE_ENDPOINT
from web.changes.spell.state import Resulting, resulting
from web.changes.spell.texts import comment, identifier, profile_flag, shell

# YAML takes these for the end of a line, unless they are escaped.
LINE_ENDS = frozenset("\x85\u2028\u2029")


class _Dumper(yaml.SafeDumper):
    """Writes every value out: a person should not have to follow anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def bundle(change: Change, live: dict[str, Any] | None, profile: str) -> str:
    """YAML under `resources.model_serving_endpoints` of the endpoint as it will be; for a deletion what to take out."""
    key = identifier(change.endpoint)
    if change.kind is Kind.DELETE:
        return _removed(key)
    after = resulting(change, live)
    spec, placeholders = committable(BUNDLE_ENDPOINT, after.spec)
    if after.grants:
        spec["permissions"] = [_permission(grant) for grant in after.grants]
    lines = [*_notes(change, live, spec, left_out(BUNDLE_ENDPOINT, after.spec)), *comments(placeholders)]
    text = yaml.dump(
        {"resources": {"model_serving_endpoints": {key: spec}}},
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=not LINE_ENDS & set(json.dumps(spec, ensure_ascii=False)),
        width=100,
    )
    return "".join(f"{line}\n" for line in lines) + text + _bind(after, key, change.endpoint, profile)


def _permission(grant: dict[str, str]) -> dict[str, str]:
    who = {k: v for k, v in grant.items() if k != "permission_level"}
    return {"level": grant["permission_level"], **who}


def _removed(key: str) -> str:
    lines = (
        f"Take resources.model_serving_endpoints.{key} out of the bundle, then deploy:",
        "the deployment deletes the endpoint.",
    )
    return "".join(f"{comment(line)}\n" for line in lines)


def _notes(change: Change, live: dict[str, Any] | None, spec: dict[str, Any], lost: list[str]) -> list[str]:
    notes = []
    if change.kind in (Kind.STOP, Kind.START):
        verb = change.kind.value.partition(".")[2]
        notes.append(comment(f"A bundle cannot {verb} an endpoint; this is the endpoint it describes."))
    if live is None and change.kind is not Kind.CREATE:
        notes.append(comment("The live endpoint is not known here: only the changed part is shown."))
    if lost:
        notes.append(comment(f"Left out, a bundle has no field for it: {', '.join(lost)}"))
    if "${" in json.dumps(spec):
        notes.append(comment("A value contains '${', which a bundle reads as the start of a variable."))
    return notes


def _bind(after: Resulting, key: str, name: str, profile: str) -> str:
    if not after.exists:
        return ""
    command = f"databricks bundle deployment bind {key} {shell(name)} {profile_flag(profile)}"
    return f"{comment('To take over the endpoint that exists:')}\n{comment(command)}\n"
