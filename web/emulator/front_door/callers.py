"""Who is calling: a signed-in browser anywhere, or a program with a bearer token below `/api`."""

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from web.emulator.front_door.people import Person, by_token
from web.emulator.front_door.sessions import Sessions


async def who(request: web.Request, sessions: Sessions, client: ClientSession, workspace: str) -> Person | None:
    """The caller, or None. A bearer token elsewhere than below `/api` counts for nothing, as with the real proxy."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if is_api(request) and scheme.lower() == "bearer":
        return by_token(token.strip()) or await _known_to_workspace(token.strip(), client, workspace)
    return sessions.who("; ".join(request.headers.getall("Cookie", [])))


def is_api(request: web.Request) -> bool:
    """Whether programs may call this path."""
    return request.path == "/api" or request.path.startswith("/api/")


async def _known_to_workspace(token: str, client: ClientSession, workspace: str) -> Person | None:
    """Whoever the workspace says an OAuth token belongs to. A service principal is named by its id and gets no token
    passed on, as between two Databricks Apps: no app's token ever stands for a person."""
    if not token or not token.isprintable() or not workspace:
        return None
    try:
        async with client.get(
            f"{workspace}/api/2.0/preview/scim/v2/Me",
            headers={"Authorization": f"Bearer {token}"},
            timeout=ClientTimeout(total=10),
        ) as reply:
            me = await reply.json(content_type=None) if reply.status == 200 else None
    except (ClientError, TimeoutError, ValueError):
        return None
    return _person(me, token) if isinstance(me, dict) else None


def _person(me: dict[str, object], token: str) -> Person:
    name, subject = str(me.get("userName", "")), str(me.get("id", ""))
    is_user = "@" in name
    return Person(subject, str(me.get("displayName", name)), name, subject, token if is_user else None)
