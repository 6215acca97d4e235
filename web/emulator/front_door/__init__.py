"""Stand-in for the Databricks Apps proxy: signs people in, then passes requests on to the portal with who they are.

Like the real one it sets the `X-Forwarded-*` headers and drops the same headers when a client sends them, redirects
to a sign-in page without a session, takes bearer tokens only below `/api`, passes no `Authorization` on, and cuts a
response after 301.5 seconds. Its own choice, where the real one differs: the demo's personal access tokens are good
bearer tokens (the real proxy takes OAuth tokens only), and a program without a good token gets a 401, not a redirect.
"""

from web.emulator.front_door.server import COOKIE, FrontDoor

__all__ = ["COOKIE", "FrontDoor"]
