"""On a laptop: a profile that the person picked on /connect, or DATABRICKS_HOST with a token in the environment.

Loopback only, and forwarded headers mean nothing here.
"""

import configparser
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from web.errors import Forbidden, NotFound, Unauthenticated
from web.identity.person import Caller, WhoIs, caller
from web.workspace.client import Connections

COOKIE = "portal_session"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
AUTH_KEYS = (("token", "access token"), ("client_id", "service principal"), ("auth_type", ""), ("username", "password"))


@dataclass(frozen=True)
class Profile:
    """One section of ~/.databrickscfg, without its secrets. `auth` is the kind of credential in words."""

    name: str
    host: str
    auth: str


class LocalIdentity:
    """Remembers, while the process lives, which profile each browser session picked. None is picked by itself."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.who_is = WhoIs()
        self._lock = threading.Lock()
        self._picked: dict[str, str] = {}

    def resolve(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Caller:
        """The caller. Raises Forbidden for another host name than this machine's, Unauthenticated before /connect."""
        loopback_only(headers.get("Host", ""))
        profile = self._picked.get(cookies.get(COOKIE, ""))
        if profile is not None:
            workspace = self.connections.for_profile(profile)
            me = self.who_is.ask(f"profile:{profile}", workspace)
            return caller(me, workspace, "profile", f"local profile {profile}")
        if environment_host():
            workspace = self.connections.from_environment()
            me = self.who_is.ask("environment", workspace)
            return caller(me, workspace, "environment", "environment token")
        raise Unauthenticated("Pick a profile first.", code="NOT_CONNECTED", hint="Open /connect and choose one.")

    def at_hand(self, _headers: Mapping[str, str], _cookies: Mapping[str, str]) -> Caller | None:
        """None: on a laptop a credential may have to be asked for each time."""
        return None

    def pick(self, profile: str) -> str:
        """Choose a profile after proving that it works; answers the session cookie's value."""
        if profile not in {p.name for p in profiles()}:
            raise NotFound(f"There is no profile '{profile[:80]}' in the Databricks configuration file.")
        self.who_is.ask(f"profile:{profile}", self.connections.for_profile(profile))
        session = secrets.token_urlsafe(32)
        with self._lock:
            self._picked[session] = profile
        return session

    def forget(self, session: str) -> None:
        """Leave: this browser has no profile any more."""
        with self._lock:
            self._picked.pop(session, None)


def loopback_only(host: str) -> None:
    """Raises Forbidden unless the request was made to this machine by its own name (DNS rebinding)."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    if name not in LOOPBACK:
        raise Forbidden("The portal answers on this machine only when it is not run as a Databricks App.")


def environment_host() -> str:
    """The host of a workspace connection that the environment holds; empty when it holds none."""
    return os.environ.get("DATABRICKS_HOST", "") if os.environ.get("DATABRICKS_TOKEN") else ""


def config_file() -> Path:
    """Where the Databricks tools keep their profiles."""
    return Path(os.environ.get("DATABRICKS_CONFIG_FILE") or "~/.databrickscfg").expanduser()


def profiles() -> list[Profile]:
    """All profiles that name a host, in the file's order; empty when the file is missing or broken."""
    parser = configparser.ConfigParser(default_section="\0", interpolation=None, strict=False)
    try:
        parser.read(config_file(), encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return []
    return [Profile(n, parser[n]["host"], _auth(parser[n])) for n in parser.sections() if parser[n].get("host")]


def _auth(section: Mapping[str, str]) -> str:
    return next((label or section[key] for key, label in AUTH_KEYS if section.get(key)), "Databricks CLI")
