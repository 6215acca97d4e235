"""Inside Databricks Apps: the person is who the forwarded token says, checked with the workspace.

Without a token, or when it belongs to somebody else than the forwarded e-mail, the answer is 401: never the app itself.
"""

from collections.abc import Mapping

from web.errors import Forbidden, Unauthenticated
from web.identity.person import Caller, WhoIs, caller
from web.workspace.client import Connections, Workspace
from web.workspace.iam import Me

TOKEN, EMAIL = "X-Forwarded-Access-Token", "X-Forwarded-Email"


class AppIdentity:
    """Reads the platform proxy's headers. Trusted here only because the proxy overwrites what a client sends."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.who_is = WhoIs()

    def resolve(self, headers: Mapping[str, str], _cookies: Mapping[str, str]) -> Caller:
        """The caller. Raises Unauthenticated."""
        token = _token(headers)
        workspace = self.connections.for_token(token)
        try:
            me = self.who_is.ask(token, workspace)
        except (Unauthenticated, Forbidden) as error:
            raise Unauthenticated(
                "The workspace does not accept your sign-in any more.", hint="Reload the page."
            ) from error
        return _vouched(me, headers, workspace)

    def at_hand(self, headers: Mapping[str, str], _cookies: Mapping[str, str]) -> Caller | None:
        """The caller where `resolve` would ask nobody, and wait for nothing; None otherwise. Raises Unauthenticated."""
        token = _token(headers)
        if not self.connections.connected:
            return None
        workspace = self.connections.for_token(token)
        me = self.who_is.known(token, workspace)
        return None if me is None else _vouched(me, headers, workspace)


def _token(headers: Mapping[str, str]) -> str:
    token = headers.get(TOKEN, "").strip()
    if not token:
        raise Unauthenticated(
            "No user token came with this request.",
            hint="An administrator turns on user authorization for this app and adds the scope model-serving; "
            "then stop and start the app and sign in again.",
        )
    return token


def _vouched(me: Me, headers: Mapping[str, str], workspace: Workspace) -> Caller:
    email = headers.get(EMAIL, "").strip()
    if not me.active or (email and email.casefold() != me.user_name.casefold()):
        raise Unauthenticated("The token belongs to somebody else than the person signed in.")
    return caller(me, workspace, "app", "Databricks App")
