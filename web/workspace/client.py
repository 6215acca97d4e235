"""Who calls, and on which workspace: `Workspace` is one caller's door, `Connections` makes them.

One shared SDK Config per credential kind; a person's token is never mixed with the app's own (reference §4.1, F4).
"""

import json
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from web import __version__
from web.config import Settings
from web.errors import PortalError, Unauthenticated, Unavailable
from web.workspace.errors import raise_for
from web.workspace.transport import Headers, Transport

if TYPE_CHECKING:
    from databricks.sdk.core import Config

    from web.workspace.behalf import Behalf

PRODUCT = "serving-portal"


class Workspace:
    """One caller's view of one workspace. Every call carries this caller's credential and no other; `behalf` makes the
    few calls that the app may make for them. `at_hand`: `headers` answers at once, nobody is asked for a token.
    `until`: no read waits past then (time.monotonic), since a page waits for all of its reads together."""

    def __init__(
        self,
        transport: Transport,
        headers: Headers,
        *,
        label: str,
        workspace_id: str = "",
        behalf: "Behalf | None" = None,
        at_hand: bool = False,
    ) -> None:
        self.transport = transport
        self.host = transport.host
        self.headers = headers
        self.label = label
        self.workspace_id = workspace_id
        self.behalf = behalf
        self.at_hand = at_hand
        self.until: float | None = None

    def get(self, path: str, query: Mapping[str, object] | None = None) -> Any:
        """GET `path` as JSON, nothing dropped. Raises the PortalError of a refusal, Unavailable for nonsense."""
        reply = self.transport.read(path, self.headers, query, until=self.until)
        raise_for(reply.status, reply.body, reply.headers)
        return decode(reply.body)

    def get_bytes(
        self, path: str, query: Mapping[str, object] | None = None, accept: str = "application/json"
    ) -> bytes:
        """GET `path`, the body as it came."""
        reply = self.transport.read(path, self.headers, query, accept, until=self.until)
        raise_for(reply.status, reply.body, reply.headers)
        return reply.body

    def get_text(self, path: str, query: Mapping[str, object] | None = None) -> str:
        """GET `path` as text (get-open-api, export-metrics ask for text/plain)."""
        return self.get_bytes(path, query, "text/plain").decode("utf-8", "replace")


def decode(body: bytes) -> Any:
    """The JSON of an answer; an empty body is `{}`."""
    try:
        return json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError) as error:
        raise Unavailable(
            "The workspace answered with something that is not JSON.",
            code="BAD_ANSWER",
            hint="A proxy or a sign-in page may stand between the portal and the workspace. Try again in a moment.",
        ) from error


class Connections:
    """Makes Workspaces. Slow parts (importing the SDK, asking the host for its metadata) happen on first use."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.behalf: Behalf | None = None  # set where PORTAL_APP_EXECUTES is on
        self._lock = threading.Lock()
        self._made: dict[str, tuple[Transport, Config]] = {}

    @property
    def connected(self) -> bool:
        """Whether `for_token` answers without asking the host anything."""
        return "host" in self._made

    def for_token(self, token: str) -> Workspace:
        """The workspace of this app as the person whose token was forwarded. Never anybody else's credential."""
        if not token.strip():
            raise Unauthenticated("No user token came with this request.")
        transport, config = self._connect("host")
        return Workspace(
            transport,
            lambda: {"Authorization": f"Bearer {token}", **_workspace_header(config)},
            label="forwarded token",
            workspace_id=config.workspace_id or "",
            behalf=self.behalf,
            at_hand=True,
        )

    def as_app(self) -> Workspace:
        """The workspace as the app's own principal, for looks no person asked for; for people only by `Behalf`."""
        transport, config = self._connect("app")
        return Workspace(
            transport, lambda: config.authenticate(), label="app principal", workspace_id=config.workspace_id or ""
        )

    def for_profile(self, profile: str) -> Workspace:
        """The workspace of one profile of ~/.databrickscfg (local mode)."""
        transport, config = self._connect(f"profile:{profile}")
        return Workspace(
            transport, lambda: config.authenticate(), label=f"profile {profile}", workspace_id=config.workspace_id or ""
        )

    def from_environment(self) -> Workspace:
        """The workspace that DATABRICKS_HOST and a token in the environment name (local mode)."""
        transport, config = self._connect("environment")
        return Workspace(
            transport, lambda: config.authenticate(), label="environment", workspace_id=config.workspace_id or ""
        )

    def warm(self) -> None:
        """Import the SDK and learn the host's metadata ahead of the first request."""
        if self.settings.app_mode:
            self._connect("host")

    def _connect(self, key: str) -> "tuple[Transport, Config]":
        if key in self._made:
            return self._made[key]
        with self._lock:
            if key not in self._made:
                config = self._configure(key)
                self._made[key] = self._transport(config), config
            return self._made[key]

    def _transport(self, config: "Config") -> Transport:
        for known, _ in self._made.values():
            if known.host == str(config.host).rstrip("/"):
                return known
        return Transport(
            str(config.host),
            config.user_agent,
            read_timeout_s=self.settings.read_timeout_s,
            write_timeout_s=self.settings.write_timeout_s,
            open_s=self.settings.breaker_open_s,
        )

    def _configure(self, key: str) -> "Config":
        from web.workspace.sdk import app_config, environment_config, host_config, profile_config

        try:
            if key == "host":
                return host_config(PRODUCT, __version__)
            if key == "app":
                return app_config(PRODUCT, __version__)
            if key == "environment":
                return environment_config(PRODUCT, __version__)
            return profile_config(key.removeprefix("profile:"), PRODUCT, __version__)
        except ValueError as error:
            text = str(error).split(" Config:")[0]
            raise PortalError(
                "The workspace connection cannot be set up.", status=503, code="NO_CREDENTIALS", hint=text[:300]
            ) from error


def _workspace_header(config: "Config") -> dict[str, str]:
    return {"X-Databricks-Workspace-Id": str(config.workspace_id)} if config.workspace_id else {}
