"""The submitted Integrate form → what the snippets are made of, and the change that attaches or detaches."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from web.changes.app_attach import KEY, KEY_RULE, LEVELS, NAME, NAME_RULE
from web.changes.kinds import Change, Kind

DEFAULT_KEY = "serving-endpoint"
DEFAULT_PROFILE = "<PROFILE>"


@dataclass(frozen=True)
class Wiring:
    """How an app gets the endpoint: `key` names the resource everywhere. `errors` by field."""

    endpoint: str
    key: str = DEFAULT_KEY
    permission: str = "CAN_QUERY"
    app: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def variable(self) -> str:
        """The bundle variable that `apps init` would make of the key."""
        return self.key.replace("-", "_").lower() + "_name"

    @property
    def env(self) -> str:
        """The environment variable of the default key is the one that AppKit reads."""
        if self.key == DEFAULT_KEY:
            return "DATABRICKS_SERVING_ENDPOINT_NAME"
        return self.key.replace("-", "_").upper() + "_NAME"

    @property
    def attach(self) -> Change:
        """The change that makes the endpoint a resource of the app."""
        body = {"app": self.app, "resource_key": self.key, "permission": self.permission}
        return Change(kind=Kind.APP_ATTACH, endpoint=self.endpoint, body=body)

    @property
    def detach(self) -> Change:
        """The change that takes the resource away from the app."""
        return Change(kind=Kind.APP_DETACH, endpoint=self.endpoint, body={"app": self.app, "resource_key": self.key})


def wiring(endpoint: str, given: Mapping[str, str], *, needs_app: bool = False) -> Wiring:
    """The form as it was filled in; `needs_app`: an app must be named."""
    key = (given.get("key") or DEFAULT_KEY).strip()
    permission = (given.get("permission") or "CAN_QUERY").strip()
    app = (given.get("app") or "").strip()
    errors = {}
    if not KEY.fullmatch(key):
        errors["key"] = KEY_RULE
    if permission not in LEVELS:
        errors["permission"] = f"One of {', '.join(LEVELS)}."
    if app and not NAME.fullmatch(app):
        errors["app"] = f"The name of an app has {NAME_RULE}"
    elif needs_app and not app:
        errors["app"] = "Choose an app."
    return Wiring(endpoint, key, permission, app, errors)
