"""An app with the resources it will have, for the texts that describe a state: Terraform and bundle."""

from typing import Any

import yaml

from web.changes.app_attach import desired, resources_of
from web.changes.kinds import Change
from web.changes.spell import hcl
from web.changes.spell.fit import pick
from web.changes.spell.shapes import APP_RESOURCE
from web.changes.spell.texts import comment, identifier, profile_flag, shell

REST = comment("The app's other fields stay as you have them; its resources are:")


def app_terraform(change: Change, live: dict[str, Any] | None) -> str:
    """The `databricks_app` with its resources, and the block that takes over the app that exists."""
    key, name = _key(change), str(change.body.get("app") or "")
    lines = [REST, f'resource "databricks_app" "{key}" {{', f"  name = {hcl.string(name)}", "  resources = ["]
    for resource in _resources(change, live):
        lines += ["    {", *_object(resource, 3), "    },"]
    lines += ["  ]", "}", "", "import {", f"  to = databricks_app.{key}", f"  id = {hcl.string(name)}", "}"]
    return "\n".join(lines) + "\n"


def _object(value: dict[str, Any], depth: int) -> list[str]:
    pad = "  " * depth
    lines: list[str] = []
    for name, inner in value.items():
        if isinstance(inner, dict):
            lines += [f"{pad}{name} = {{", *_object(inner, depth + 1), f"{pad}}}"]
        else:
            lines.append(f"{pad}{name} = {hcl.scalar(inner)}")
    return lines


def app_bundle(change: Change, live: dict[str, Any] | None, profile: str) -> str:
    """The app's resources as bundle YAML, and the command that binds the app that exists."""
    key, name = _key(change), str(change.body.get("app") or "")
    spec = {"name": name, "resources": _resources(change, live)}
    text = yaml.safe_dump({"resources": {"apps": {key: spec}}}, sort_keys=False, allow_unicode=True, width=100)
    bind = f"databricks bundle deployment bind {key} {shell(name)} {profile_flag(profile)}"
    return f"{REST}\n{text}{comment('To take over the app that exists:')}\n{comment(bind)}\n"


def _key(change: Change) -> str:
    return identifier(str(change.body.get("app") or "app"))


def _resources(change: Change, live: dict[str, Any] | None) -> list[dict[str, Any]]:
    found = (pick(APP_RESOURCE, one) for one in desired(change, resources_of(live or {})))
    return [one for one in found if one]
