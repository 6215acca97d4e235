"""The stand-in for the Databricks Apps proxy: who gets in, and what the portal is told about them."""

import socket
from typing import Any

import pytest
import requests

from tests.demo.echo_app import EchoApp
from web.emulator.front_door import COOKIE, FrontDoor


def get(door: FrontDoor, path: str, person: str | None = None, **headers: str) -> requests.Response:
    """One request without following redirects, as `person` when named."""
    cookies = {COOKIE: door.sign_in(person)} if person else {}
    named = {name.replace("__", "-"): value for name, value in headers.items()}
    return requests.get(door.url + path, cookies=cookies, headers=named, allow_redirects=False, timeout=10)


def reached(response: requests.Response) -> dict[str, list[str]]:
    """The headers that reached the app, by lower-case name."""
    headers: dict[str, list[str]] = {}
    for name, value in response.json()["headers"]:
        headers.setdefault(name, []).append(value)
    return headers


@pytest.mark.parametrize("person", ["alice", "bob", "charlie"])
def test_each_person_arrives_with_their_own_token_and_names(echo_door: FrontDoor, person: str) -> None:
    headers = reached(get(echo_door, "/endpoints", person))
    assert headers["x-forwarded-access-token"] == [f"dapi-{person}"]
    assert headers["x-forwarded-email"] == [f"{person}@example.com"]
    assert "@" not in headers["x-forwarded-user"][0]
    assert headers["x-forwarded-preferred-username"][0].lower().startswith(person)
    assert headers["x-forwarded-host"] == headers["host"] == [echo_door.url.removeprefix("http://")]
    assert headers["x-real-ip"] == ["127.0.0.1"]
    assert len(headers["x-request-id"][0]) == 36


@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-Access-Token",
        "x-forwarded-email",
        "X-FORWARDED-USER",
        "X-Forwarded-Anything-New",
        "X_Forwarded_Access_Token",
        "X-Real-IP",
        "Forwarded",
    ],
)
def test_what_a_client_claims_about_itself_never_arrives(echo_door: FrontDoor, name: str) -> None:
    cookies = {COOKIE: echo_door.sign_in("charlie")}
    reply = requests.get(f"{echo_door.url}/x", cookies=cookies, headers={name: "dapi-alice"}, timeout=10)
    assert "dapi-alice" not in str(reply.json()["headers"])
    assert reached(reply)["x-forwarded-access-token"] == ["dapi-charlie"]


def test_the_session_cookie_stays_with_the_proxy_and_other_cookies_pass(echo_door: FrontDoor) -> None:
    cookie = f"theme=dark; {COOKIE}={echo_door.sign_in('bob')}; other=1"
    reply = requests.get(f"{echo_door.url}/x", headers={"Cookie": cookie}, timeout=10)
    assert reached(reply)["cookie"] == ["theme=dark; other=1"]


def test_a_page_without_a_session_leads_to_the_sign_in_page_and_back(echo_door: FrontDoor) -> None:
    reply = get(echo_door, "/endpoints?q=a&kind=custom")
    assert reply.status_code == 302
    page = requests.get(echo_door.url + reply.headers["Location"], timeout=10)
    assert 'value="/endpoints?q=a&amp;kind=custom"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    form = {"person": "bob", "next": "/endpoints?q=a&kind=custom"}
    done = requests.post(f"{echo_door.url}/.auth/sign-in", data=form, allow_redirects=False, timeout=10)
    assert done.status_code == 303
    assert done.headers["Location"] == "/endpoints?q=a&kind=custom"
    assert "HttpOnly" in done.headers["Set-Cookie"]
    assert "SameSite=Lax" in done.headers["Set-Cookie"]
    assert reached(requests.get(f"{echo_door.url}/x", cookies=done.cookies, timeout=10))["x-forwarded-email"] == [
        "bob@example.com"
    ]


@pytest.mark.parametrize("target", ["//evil.example/x", "https://evil.example", "/\\evil.example", "", "/a\nb"])
def test_signing_in_never_leads_to_another_site(echo_door: FrontDoor, target: str) -> None:
    form = {"person": "bob", "next": target}
    done = requests.post(f"{echo_door.url}/.auth/sign-in", data=form, allow_redirects=False, timeout=10)
    assert done.headers["Location"] == "/"


def test_another_site_cannot_sign_a_person_in(echo_door: FrontDoor) -> None:
    reply = requests.post(
        f"{echo_door.url}/.auth/sign-in",
        data={"person": "alice"},
        headers={"Sec-Fetch-Site": "cross-site"},
        allow_redirects=False,
        timeout=10,
    )
    assert reply.status_code == 403
    assert "Set-Cookie" not in reply.headers


def test_signing_out_ends_the_session_on_the_server_too(echo_door: FrontDoor) -> None:
    cookies = {COOKIE: echo_door.sign_in("alice")}
    assert requests.get(f"{echo_door.url}/x", cookies=cookies, timeout=10).status_code == 200
    requests.get(f"{echo_door.url}/.auth/sign-out", cookies=cookies, allow_redirects=False, timeout=10)
    assert requests.get(f"{echo_door.url}/x", cookies=cookies, allow_redirects=False, timeout=10).status_code == 302


def test_a_program_gets_in_below_api_only_and_its_authorization_stays_outside(echo_door: FrontDoor) -> None:
    headers = reached(get(echo_door, "/api/v1/endpoints", Authorization="Bearer dapi-bob"))
    assert headers["x-forwarded-access-token"] == ["dapi-bob"]
    assert "authorization" not in headers
    assert get(echo_door, "/endpoints", Authorization="Bearer dapi-bob").status_code == 302


@pytest.mark.parametrize("value", ["Bearer dapi-nobody", "Bearer ", "Basic ZGFwaS1ib2I6", ""])
def test_a_program_without_a_good_token_gets_a_401_it_can_read(echo_door: FrontDoor, value: str) -> None:
    reply = get(echo_door, "/api/v1/endpoints", Authorization=value)
    assert reply.status_code == 401
    assert reply.json()["error"]["code"] == "UNAUTHENTICATED"


def test_paths_bodies_and_answers_pass_unchanged(echo_door: FrontDoor) -> None:
    cookies = {COOKIE: echo_door.sign_in("bob")}
    target = "/endpoints/a%2Fb//%2B;x?q=%20%26&q=2"
    said: dict[str, Any] = requests.post(
        echo_door.url + target, data="{…}".encode(), cookies=cookies, timeout=10
    ).json()
    assert (said["method"], said["target"], said["body"]) == ("POST", target, "{…}")
    moved = get(echo_door, "/moved", "bob")
    assert (moved.status_code, moved.headers["Location"]) == (303, "/elsewhere")
    assert moved.cookies["portal"] == "kept"


def test_an_app_that_is_down_is_a_502_that_says_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    door = FrontDoor(nobody).start()
    try:
        reply = get(door, "/", "bob")
    finally:
        door.stop()
    assert (reply.status_code, reply.text) == (502, "The portal does not answer.")


def test_a_second_door_on_the_same_port_is_refused(echo: EchoApp, echo_door: FrontDoor) -> None:
    with pytest.raises(OSError, match="in use"):
        FrontDoor(echo.url, port=echo_door.port).start()
