"""The fixed cast that can sign in, with the workspace tokens the proxy hands on for them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """One who may open the portal. `subject` is the identity provider's id, which is not an e-mail address;
    `token` is sent on as the person's access token, None where the platform sends none."""

    key: str
    name: str
    email: str
    subject: str
    token: str | None
    about: str = ""


PEOPLE = {
    person.key: person
    for person in (
        Person(
            "alice",
            "Alice Arnold",
            "alice@example.com",
            "00u7k2alice41Qm",
            "dapi-alice",
            "Workspace admin: sees and may change everything",
        ),
        Person(
            "bob",
            "Bob Brandt",
            "bob@example.com",
            "00u7k2bob93Xr",
            "dapi-bob",
            "In the group ml-team: manages some endpoints, sees others",
        ),
        Person(
            "charlie",
            "Charlie Costa",
            "charlie@example.com",
            "00u7k2charlie58Zt",
            "dapi-charlie",
            "In no group: sees only what is shared with all users",
        ),
    )
}
"""By the word a person is signed in with."""


def by_token(token: str) -> Person | None:
    """Whose personal access token this is."""
    return next((person for person in PEOPLE.values() if person.token == token), None)
