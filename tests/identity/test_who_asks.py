"""Who is taken for whom: by the token the platform forwards, by a profile picked on a laptop, and for how long."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from web.config import Settings
from web.emulator.server import Emulator
from web.errors import Forbidden, NotFound, PortalError, Unauthenticated
from web.identity.app_mode import AppIdentity
from web.identity.local_mode import COOKIE, LocalIdentity
from web.identity.person import CACHE_S, CACHE_SIZE, Caller, WhoIs
from web.workspace.client import Connections, Workspace
from web.workspace.transport import Transport

HERE = {"Host": "localhost:8000"}
LAPTOP = ("DATABRICKS_TOKEN", "DATABRICKS_APP_NAME", "DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET")
Pick = Callable[..., LocalIdentity]


@pytest.fixture
def connections(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connections:
    """A machine with two profiles that work and one that does not, and nothing in its environment but the host."""
    for name in LAPTOP:
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "cfg"
    file.write_text("".join(f"[{n}]\nhost = {emulator.url}\ntoken = dapi-{n}\n" for n in ("alice", "bob", "gone")))
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(file))
    monkeypatch.setenv("DATABRICKS_HOST", emulator.url)
    chosen: dict[str, Any] = {"data_dir": tmp_path}
    return Connections(Settings(**chosen))


def forwarded(token: str, email: str = "") -> dict[str, str]:
    return {"X-Forwarded-Access-Token": token, "X-Forwarded-Email": email}


def asked(emulator: Emulator) -> int:
    """How often the workspace was asked who somebody is."""
    return sum(entry.path.endswith("/Me") for entry in emulator.world.requests.entries)


def refused(identity: AppIdentity | LocalIdentity, *request: dict[str, str]) -> PortalError:
    with pytest.raises(PortalError) as told:
        identity.resolve(*request)
    return told.value


@pytest.mark.parametrize("email", ["", "bob@example.com", " Bob@Example.COM "])
def test_the_person_is_who_the_token_says(connections: Connections, emulator: Emulator, email: str) -> None:
    bob = AppIdentity(connections).resolve(forwarded(" dapi-bob ", email), {})
    assert (bob.email, bob.mode, bob.label, bob.is_admin) == ("bob@example.com", "app", "Databricks App", False)
    assert bob.id == emulator.world.people.by_name["bob@example.com"].id
    assert bob.display_name == emulator.world.people.by_name["bob@example.com"].display_name
    assert set(bob.groups) >= {"users", "ml-team"}
    assert bob.workspace.headers()["Authorization"] == "Bearer dapi-bob"
    assert AppIdentity(connections).resolve(forwarded("dapi-alice"), {}).is_admin


@pytest.mark.parametrize("headers", [{}, forwarded(""), forwarded("  ", "bob@example.com")])
def test_without_a_token_nobody_is_asked_and_nobody_known(connections: Connections, headers: dict[str, str]) -> None:
    identity = AppIdentity(connections)
    for ask in (identity.resolve, identity.at_hand):
        with pytest.raises(Unauthenticated, match="No user token") as told:
            ask(headers, {})
        assert "adds the scope model-serving" in told.value.hint
    assert not connections.connected


def test_a_token_of_somebody_else_or_of_nobody_is_refused(connections: Connections) -> None:
    identity = AppIdentity(connections)
    other = refused(identity, forwarded("dapi-bob", "alice@example.com"), {})
    assert (other.status, "somebody else" in other.message) == (401, True)
    for token in ("dapi-unknown", "dapi-dana"):
        nobody = refused(identity, forwarded(token), {})
        assert (nobody.status, nobody.hint) == (401, "Reload the page.")
        assert "does not accept your sign-in any more" in nobody.message


def test_who_is_known_is_at_hand_without_a_question(connections: Connections, emulator: Emulator) -> None:
    identity = AppIdentity(connections)
    bob = forwarded("dapi-bob", "bob@example.com")
    assert identity.at_hand(bob, {}) is None
    before = asked(emulator)
    identity.resolve(forwarded("dapi-alice"), {})
    assert identity.at_hand(bob, {}) is None, "connected, and yet a stranger"
    told = identity.resolve(bob, {})
    at_hand = identity.at_hand(bob, {})
    assert isinstance(at_hand, Caller)
    assert (at_hand.email, at_hand.mode, at_hand.groups) == (told.email, "app", told.groups)
    with pytest.raises(Unauthenticated, match="somebody else"):
        identity.at_hand(forwarded("dapi-bob", "alice@example.com"), {})
    assert asked(emulator) == before + 2


def test_an_answer_counts_for_a_minute_and_for_that_credential_only(emulator: Emulator) -> None:
    now = [100.0]
    ws = door(emulator)
    who = WhoIs(lambda: now[0])
    assert who.known("one", ws) is None
    before = asked(emulator)
    assert who.ask("one", ws).user_name == "bob@example.com"
    now[0] += CACHE_S - 0.1
    assert who.ask("one", ws) == who.known("one", ws)
    assert asked(emulator) == before + 1
    assert who.known("two", ws) is None
    assert who.known("one", door(emulator, "localhost")) is None, "another workspace is asked itself"
    now[0] += 0.1
    assert who.known("one", ws) is None
    who.ask("one", ws)
    assert asked(emulator) == before + 2
    assert (CACHE_S, CACHE_SIZE) == (60, 200)


def test_of_many_credentials_those_asked_about_last_are_remembered(emulator: Emulator) -> None:
    now = [100.0]
    ws = door(emulator)
    who = WhoIs(lambda: now[0], most=2)
    for name in ("one", "two"):
        who.ask(name, ws)
    now[0] += CACHE_S
    for name in ("one", "three"):
        who.ask(name, ws)
    assert [who.known(name, ws) is not None for name in ("one", "two", "three")] == [True, False, True]
    who.ask("four", ws)
    assert [who.known(name, ws) is not None for name in ("one", "three", "four")] == [False, True, True]


def door(emulator: Emulator, host: str = "127.0.0.1") -> Workspace:
    url = emulator.url.replace("127.0.0.1", host)
    transport = Transport(url, "test", read_timeout_s=5, write_timeout_s=5)
    return Workspace(transport, lambda: {"Authorization": "Bearer dapi-bob"}, label="bob")


def test_on_a_laptop_nobody_is_known_before_a_profile_is_picked(connections: Connections) -> None:
    identity = LocalIdentity(connections)
    told = refused(identity, HERE, {})
    assert (told.status, told.code, told.hint) == (401, "NOT_CONNECTED", "Open /connect and choose one.")
    assert refused(identity, HERE, {COOKIE: "made up"}).code == "NOT_CONNECTED"
    assert identity.at_hand(HERE, {}) is None


def test_each_browser_is_who_its_own_profile_is_until_it_leaves(connections: Connections) -> None:
    identity = LocalIdentity(connections)
    bob, alice = identity.pick("bob"), identity.pick("alice")
    assert len({bob, alice, identity.pick("bob")}) == 3
    assert min(map(len, (bob, alice))) >= 43
    who = identity.resolve(HERE, {COOKIE: bob})
    assert (who.email, who.mode, who.label) == ("bob@example.com", "profile", "local profile bob")
    assert identity.resolve(HERE, {COOKIE: alice}).email == "alice@example.com"
    identity.forget(bob)
    identity.forget("made up")
    assert refused(identity, HERE, {COOKIE: bob}).code == "NOT_CONNECTED"
    assert identity.resolve(HERE, {COOKIE: alice}).label == "local profile alice"
    with pytest.raises(Forbidden, match="on this machine only"):
        identity.resolve({"Host": "evil.example"}, {COOKIE: alice})
    with pytest.raises(Forbidden):
        identity.resolve({}, {COOKIE: alice})
    assert identity.at_hand(HERE, {COOKIE: alice}) is None


def test_a_profile_that_is_not_there_or_does_not_work_is_not_picked(connections: Connections) -> None:
    identity = LocalIdentity(connections)
    with pytest.raises(NotFound) as told:
        identity.pick("x" * 100)
    assert f"'{'x' * 80}'" in told.value.message
    with pytest.raises(PortalError) as refused_:
        identity.pick("gone")
    assert refused_.value.status in (401, 403)


def test_a_token_of_the_environment_is_who_one_is_unless_a_profile_was_picked(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABRICKS_TOKEN", "dapi-bob")
    identity = LocalIdentity(connections)
    who = identity.resolve(HERE, {})
    assert (who.email, who.mode, who.label) == ("bob@example.com", "environment", "environment token")
    assert identity.resolve(HERE, {COOKIE: identity.pick("alice")}).mode == "profile"
