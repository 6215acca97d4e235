"""Who exists in the workspace: users, service principals, groups, and the tokens that stand for them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Literal

ADMINS = "admins"
USERS = "users"
PrincipalKind = Literal["user", "service_principal"]
TOKEN_LIFE_S = 3600


@dataclass
class Person:
    """A user or a service principal. `user_name` is the e-mail, or the application id; groups always hold `users`."""

    id: str
    user_name: str
    display_name: str
    kind: PrincipalKind = "user"
    application_id: str | None = None
    groups: list[str] = field(default_factory=lambda: [USERS])
    active: bool = True

    @property
    def is_admin(self) -> bool:
        """Whether this is a workspace admin."""
        return ADMINS in self.groups


NOBODY = Person(id="0", user_name="", display_name="", groups=[], active=False)


@dataclass
class OAuthToken:
    """An issued access token: whose it is and when it ends (virtual ms)."""

    person: Person
    expires_ms: int


class People:
    """The directory. Principals are kept by user name (application id for service principals)."""

    def __init__(self) -> None:
        self.by_name: dict[str, Person] = {}
        self.tokens: dict[str, Person] = {}
        self.clients: dict[str, tuple[str, Person]] = {}
        self.issued: dict[str, OAuthToken] = {}
        self.groups: dict[str, str] = {}

    def add_user(self, user_name: str, display_name: str, *groups: str, token: str | None = None) -> Person:
        """Add a user, a member of `users` and of `groups`; `token` is a personal access token of theirs."""
        person = Person(self._next_id(), user_name, display_name, groups=[USERS, *groups])
        return self._add(person, token)

    def add_service_principal(
        self, application_id: str, display_name: str, *groups: str, secret: str | None = None
    ) -> Person:
        """Add a service principal; with `secret` it may ask for tokens by client credentials."""
        person = Person(
            self._next_id(), application_id, display_name, "service_principal", application_id, [USERS, *groups]
        )
        if secret:
            self.clients[application_id] = (secret, person)
        return self._add(person, None)

    def keep_issued(self, before: People) -> None:
        """OAuth tokens issued before a reset stay good, as programs that run through it keep them until they expire."""
        for text, token in before.issued.items():
            person = self.by_name.get(token.person.user_name)
            if person:
                self.issued[text] = replace(token, person=person)

    def _next_id(self) -> str:
        return str(7_000_000_000_001 + len(self.by_name))

    def _add(self, person: Person, token: str | None) -> Person:
        self.by_name[person.user_name] = person
        if token:
            self.tokens[token] = person
        for group in person.groups:
            self.groups.setdefault(group, str(900_000_000_001 + len(self.groups)))
        return person

    def get(self, user_name: str) -> Person | None:
        """A principal by e-mail or application id."""
        return self.by_name.get(user_name)

    def of_kind(self, kind: PrincipalKind) -> list[Person]:
        """All users or all service principals, in the order they were added."""
        return [person for person in self.by_name.values() if person.kind == kind]

    def members(self, group: str) -> list[Person]:
        """The members of a group."""
        return [person for person in self.by_name.values() if group in person.groups]

    def issue(self, client_id: str, secret: str, now_ms: int) -> str | None:
        """A new access token for client credentials, None when they are wrong."""
        known = self.clients.get(client_id)
        if known is None or not secrets.compare_digest(known[0], secret):
            return None
        token = f"eyJ{secrets.token_urlsafe(48)}"
        self.issued[token] = OAuthToken(known[1], now_ms + TOKEN_LIFE_S * 1000)
        return token
