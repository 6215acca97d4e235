"""A Change in the languages people automate with: CLI, Python, curl, Terraform, bundle. Pure and free of secrets."""

from typing import Any

from web.changes.app_attach import APP_KINDS
from web.changes.kinds import Call, Change, Kind
from web.changes.spell.app import app_bundle, app_terraform
from web.changes.spell.bundle import bundle
from web.changes.spell.cli import cli
from web.changes.spell.curl import curl
from web.changes.spell.python_sdk import python
from web.changes.spell.terraform import terraform

__all__ = ["LANGUAGES", "as_code", "described"]

LANGUAGES = (
    ("cli", "CLI", "bash"),
    ("python", "Python", "python"),
    ("curl", "curl", "bash"),
    ("terraform", "Terraform", "hcl"),
    ("bundle", "Bundle YAML", "yaml"),
)
"""(key, label, language) of each text, in the order people look for them."""


def as_code(
    change: Change,
    calls: list[Call],
    *,
    host: str,
    profile: str = "<PROFILE>",
    live: dict[str, Any] | None = None,
) -> dict[str, str]:
    """Five texts: `cli`, `python` and `curl` send the same requests as `calls`; `terraform` and `bundle` describe the
    endpoint as it will be. `live` is the workspace's JSON of the endpoint now, optionally with its
    `access_control_list`. Values that may be secrets are placeholders, named in a comment at the top."""
    app = change.kind in APP_KINDS
    return {
        "cli": cli(change, calls, profile),
        "python": python(change, calls, profile),
        "curl": curl(change, calls, host),
        "terraform": (app_terraform if app else terraform)(change, live),
        "bundle": (app_bundle if app else bundle)(change, live, profile),
    }


def described(live: dict[str, Any], profile: str = "<PROFILE>") -> dict[str, str]:
    """The endpoint as it is, as Terraform and bundle YAML; `live` optionally with its `access_control_list`."""
    nothing = Change(kind=Kind.TAGS, endpoint=str(live["name"]))
    return {"terraform": terraform(nothing, live), "bundle": bundle(nothing, live, profile)}
