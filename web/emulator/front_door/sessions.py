"""Browser sessions: a random id in a cookie, the person in memory. A restart signs everybody out."""

import secrets
from http.cookies import CookieError, SimpleCookie

from web.emulator.front_door.people import Person

COOKIE = "apps_session"


class Sessions:
    """Who is signed in."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}

    def open(self, person: Person) -> str:
        """A new session's id."""
        session = secrets.token_urlsafe(32)
        self._people[session] = person
        return session

    def who(self, cookie_header: str) -> Person | None:
        """The person behind a request's Cookie header; None when nobody is signed in."""
        session = _own(cookie_header)
        return self._people.get(session) if session else None

    def close(self, cookie_header: str) -> None:
        """Forget the session, if there is one."""
        session = _own(cookie_header)
        if session:
            self._people.pop(session, None)


def without_own(cookie_header: str) -> str:
    """The Cookie header as the portal may see it: everything but the session."""
    parts = (part.strip() for part in cookie_header.split(";"))
    return "; ".join(part for part in parts if part and part.partition("=")[0].strip() != COOKIE)


def _own(cookie_header: str) -> str | None:
    own = [part for part in cookie_header.split(";") if part.partition("=")[0].strip() == COOKIE]
    try:
        morsel = SimpleCookie(own[0]).get(COOKIE) if own else None
    except CookieError:
        return None
    return morsel.value if morsel else None
