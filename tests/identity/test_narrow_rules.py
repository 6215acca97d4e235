"""The rules that decide before anything else: where a request came from, what a role allows, who is taken for whom."""

from collections.abc import Callable
from pathlib import Path

import pytest

from web.config import Settings
from web.errors import Forbidden
from web.identity.local_mode import environment_host, loopback_only, profiles
from web.identity.origin import refusal
from web.identity.person import Caller
from web.identity.roles import Role, authorize, is_auditor, needed, role_of

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_is_allowed_from_anywhere(method: str) -> None:
    assert refusal(method, "/changes", {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}) == ""


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/changes", {"sec-fetch-site": "same-origin"}),
        ("/changes", {"sec-fetch-site": "Same-Origin", "origin": "https://evil.example"}),
        ("/changes", {"origin": "https://portal.example", "host": "portal.example"}),
        ("/changes", {"origin": "HTTPS://Portal.Example", "host": "portal.EXAMPLE"}),
        ("/changes", {"origin": "https://portal.example", "host": "inside", "x-forwarded-host": "portal.example"}),
        ("/api/v1/changes", JSON),
        ("/api/v1/changes", {"content-type": "Application/JSON ; charset=utf-8"}),
    ],
)
def test_the_portals_own_pages_and_programs_may_change_things(path: str, headers: dict[str, str]) -> None:
    assert refusal("POST", path, headers) == ""


@pytest.mark.parametrize(
    ("path", "headers", "why"),
    [
        ("/changes", {"sec-fetch-site": "same-site"}, "another site (same-site)"),
        ("/changes", {"sec-fetch-site": "cross-site"}, "another site (cross-site)"),
        ("/changes", {"sec-fetch-site": "none"}, "another site (none)"),
        ("/api/v1/changes", {"sec-fetch-site": "cross-site", **JSON}, "another site"),
        ("/changes", {"origin": "https://evil.example", "host": "portal.example"}, "another origin"),
        ("/changes", {"origin": "null", "host": "portal.example"}, "another origin"),
        ("/changes", {"origin": "https://portal.example", "host": "p", "x-forwarded-host": "q"}, "another origin"),
        ("/changes", {"origin": "https://portal.example"}, "another origin"),
        ("/changes", {"origin": "https://", "host": ""}, "another origin"),
        ("/api/v1/changes", {"origin": "https://evil.example", "host": "p", **JSON}, "another origin"),
        ("/changes", JSON, "did not say"),
        ("/x/api/v1/changes", JSON, "did not say"),
        ("/api/v1/changes", {}, "did not say"),
        ("/api/v1/changes", {"content-type": "text/plain"}, "did not say"),
        ("/api/v1/changes", {"content-type": "text/plain; application/json"}, "did not say"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "get"])
def test_everything_else_is_refused_with_the_reason(method: str, path: str, headers: dict[str, str], why: str) -> None:
    assert why in refusal(method, path, headers)


def test_a_configured_origin_is_the_only_one_whatever_the_host_says() -> None:
    ours = "https://portal.example/"
    assert refusal("POST", "/x", {"origin": "https://PORTAL.example", "host": "inside"}, ours) == ""
    assert (
        refusal("POST", "/x", {"origin": "https://portal.example/", "host": "inside"}, "https://portal.EXAMPLE") == ""
    )
    assert "another origin" in refusal("POST", "/x", {"origin": "https://inside", "host": "inside"}, ours)
    assert "another origin" in refusal(
        "POST", "/x", {"origin": "http://portal.example", "host": "portal.example"}, ours
    )


def person(*groups: str, admin: bool = False) -> Caller:
    return Caller("bob@example.com", "2", "Bob", groups, admin, "app", "Databricks App", None)  # type: ignore[arg-type]


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    return lambda **more: Settings(data_dir=tmp_path, **more)


def test_a_role_follows_from_groups(settings: Callable[..., Settings]) -> None:
    grouped = settings(operator_group="ops", admin_group="chiefs")
    assert role_of(person(), grouped) is Role.VIEWER
    assert role_of(person("ops"), grouped) is Role.OPERATOR
    assert role_of(person("chiefs"), grouped) is Role.ADMIN
    assert role_of(person(admin=True), grouped) is Role.ADMIN
    assert role_of(person(), settings(operator_group="")) is Role.OPERATOR
    assert Role.VIEWER < Role.OPERATOR < Role.ADMIN


def test_an_auditor_is_an_admin_or_in_the_auditors_group(settings: Callable[..., Settings]) -> None:
    grouped, nobody = settings(auditor_group="audit"), settings(auditor_group="")
    assert is_auditor(person("audit"), grouped)
    assert is_auditor(person(admin=True), nobody)
    assert not is_auditor(person("ops"), grouped)
    assert not is_auditor(person(""), nobody)


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/changes", Role.VIEWER),
        ("HEAD", "/changes", Role.VIEWER),
        ("OPTIONS", "/changes", Role.VIEWER),
        ("POST", "/changes", Role.OPERATOR),
        ("DELETE", "/changes", Role.OPERATOR),
        ("PUT", "/api/v1/changes/plan", Role.OPERATOR),
        ("POST", "/api/v1/changes/plan", Role.VIEWER),
        ("POST", "/api/v1/endpoints/{name}/invocations", Role.VIEWER),
        ("POST", "/changes/queue/{seq}/cancel", Role.VIEWER),
        ("POST", "/changes/queue/{seq}/apply", Role.OPERATOR),
        ("POST", "/endpoints/new/convert", Role.OPERATOR),
        ("POST", "/patterns/form", Role.VIEWER),
        ("POST", "/usage/cancel", Role.VIEWER),
    ],
)
def test_a_route_needs_a_role(method: str, path: str, role: Role) -> None:
    assert needed(method, path) is role


def test_a_viewer_is_told_which_group_may_change_things(settings: Callable[..., Settings]) -> None:
    grouped = settings(operator_group="ops")
    with pytest.raises(Forbidden, match="not change anything") as refused:
        authorize(person(), grouped, "POST", "/changes")
    assert refused.value.code == "ROLE_REQUIRED"
    assert "'ops'" in refused.value.hint
    assert authorize(person(), grouped, "GET", "/changes") is Role.VIEWER
    assert authorize(person("ops"), grouped, "POST", "/changes") is Role.OPERATOR


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "localhost", "[::1]", "[::1]:8000"])
def test_on_a_laptop_the_portal_answers_to_this_machines_names(host: str) -> None:
    loopback_only(host)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "", "[::2]", "10.0.0.1"]
)
def test_on_a_laptop_another_name_is_refused(host: str) -> None:
    with pytest.raises(Forbidden, match="on this machine only"):
        loopback_only(host)


def test_profiles_are_named_without_their_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "cfg"
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(file))
    assert profiles() == []
    file.write_text(
        "[a]\nhost = https://a\ntoken = canary%1\n[b]\nhost = https://b\nclient_id = x\n[c]\nhost = https://c\n"
        "auth_type = oauth-x\n[d]\nhost = https://d\nusername = u\n[e]\nhost = https://e\n[f]\ntoken = no host\n"
    )
    said = [(one.name, one.host, one.auth) for one in profiles()]
    assert said == [
        ("a", "https://a", "access token"),
        ("b", "https://b", "service principal"),
        ("c", "https://c", "oauth-x"),
        ("d", "https://d", "password"),
        ("e", "https://e", "Databricks CLI"),
    ]
    file.write_text("[a]\nhost = https://a\n[a]\nusername = u\n")
    assert [(one.name, one.auth) for one in profiles()] == [("a", "password")], "a section that is there twice is one"
    file.write_bytes(b"\xff\xfe[")
    assert profiles() == []
    file.write_text("no section\n")
    assert profiles() == []


def test_an_environment_counts_only_with_a_host_and_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", "https://w")
    monkeypatch.delenv("DATABRICKS_TOKEN", raising=False)
    assert environment_host() == ""
    monkeypatch.setenv("DATABRICKS_TOKEN", "t")
    assert environment_host() == "https://w"
    monkeypatch.delenv("DATABRICKS_HOST")
    assert environment_host() == ""
