"""Values nobody sees: a plain value that stays is not asked for again, a key that the workspace hides is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tests.features.config.support import apply, direct, entity, form, make, opened, place, press, received, send
from tests.features.create.support import beside, messages, textarea
from tests.servers import Portal
from web.emulator.server import Emulator

PLAIN = "s3cr3t-4711"
VARIABLE = place(0) + "environment_vars[0]."
KEY = place(0) + "external_model.openai_config.openai_api_key."


def with_value(emulator: Emulator, bob: httpx.Client, name: str) -> None:
    make(emulator, bob, name, {"served_entities": [entity("one", environment_vars={"MODE": PLAIN})]})


def test_a_plain_value_is_never_shown_and_stays_what_it_is(bob: httpx.Client, emulator: Emulator) -> None:
    with_value(emulator, bob, "c-plain")
    shown = bob.get("/endpoints/c-plain/config")
    text = bob.post("/endpoints/c-plain/config/convert?to=json", data=form(shown))
    assert PLAIN not in shown.text
    assert PLAIN not in text.text
    assert '"MODE": "$live:' in textarea(text)
    send(bob, "c-plain", {**form(shown), place(0) + "workload_size": "Large"})
    assert received(emulator)["served_entities"][0]["environment_vars"] == {"MODE": PLAIN}


def test_it_stays_even_when_the_portal_is_restarted(
    bob: httpx.Client, emulator: Emulator, start_portal: Callable[..., Portal]
) -> None:
    with_value(emulator, bob, "c-restart")
    with person(start_portal()) as first:
        fields = {**opened(first, "c-restart"), place(0) + "workload_size": "Large"}
    with person(start_portal()) as second:
        sent = press(second, "c-restart", fields)
        assert sent.status_code == 303, messages(sent)
    with person(start_portal()) as third:
        assert apply(third, sent).headers["location"] == "/endpoints/c-restart"
    assert received(emulator)["served_entities"][0]["environment_vars"] == {"MODE": PLAIN}


@contextmanager
def person(portal: Portal) -> Iterator[httpx.Client]:
    """Bob at a portal that ends afterwards, memory and all."""
    token = {"X-Forwarded-Access-Token": "dapi-bob", "X-Forwarded-Email": "bob@example.com"}
    with httpx.Client(base_url=portal.url, headers={**token, "Sec-Fetch-Site": "same-origin"}, timeout=30) as client:
        yield client
    portal.stop()


def test_a_typed_value_that_is_forgotten_is_asked_for_by_the_form_that_comes_back(
    bob: httpx.Client, emulator: Emulator, start_portal: Callable[..., Portal]
) -> None:
    with_value(emulator, bob, "c-forgot")
    with person(start_portal()) as first:
        sent = press(first, "c-forgot", {**opened(first, "c-forgot"), VARIABLE + "typed": "other-4712"})
        draft = sent.headers["location"].rpartition("/")[2]
    with person(start_portal()) as second:
        assert second.get(sent.headers["location"]).status_code == 422
        back = opened(second, "c-forgot", f"?draft={draft}")
        answer = press(second, "c-forgot", back)
        assert answer.status_code == 422
        assert "type it again" in messages(answer)


def test_it_goes_along_with_a_rename_and_a_copy(bob: httpx.Client, emulator: Emulator) -> None:
    with_value(emulator, bob, "c-along")
    twice = form(press(bob, "c-along", opened(bob, "c-along"), "duplicate-entity-0"))
    send(bob, "c-along", {**twice, place(0) + "name": "first"})
    sent = {e["name"]: e["environment_vars"] for e in received(emulator)["served_entities"]}
    assert sent == {"first": {"MODE": PLAIN}, "one-copy": {"MODE": PLAIN}}


def test_a_new_value_replaces_it_and_is_not_shown_either(bob: httpx.Client, emulator: Emulator) -> None:
    with_value(emulator, bob, "c-new")
    fields = {**opened(bob, "c-new"), VARIABLE + "typed": "other-4712"}
    said = bob.post("/endpoints/c-new/config/changes", data=fields).text
    assert "typed anew" in said
    assert "other-4712" not in said
    sent = press(bob, "c-new", fields)
    assert "other-4712" not in bob.get(sent.headers["location"]).text
    bob.post("/changes", data={"draft": sent.headers["location"].rpartition("/")[2], "seen": ""})
    assert received(emulator)["served_entities"][0]["environment_vars"] == {"MODE": "other-4712"}
    past = bob.get("/api/v1/audit", params={"endpoint": "c-new"}).text
    assert "other-4712" not in past
    assert PLAIN not in past


def test_a_value_that_went_meanwhile_is_asked_for(bob: httpx.Client, emulator: Emulator) -> None:
    with_value(emulator, bob, "c-went")
    fields = {**opened(bob, "c-went"), place(0) + "workload_size": "Large"}
    make_without = {"served_entities": [entity("other")]}
    assert direct(emulator, "PUT", "/c-went/config", make_without).status_code == 200
    emulator.world.clock.advance(7200)
    answer = press(bob, "c-went", fields)
    assert answer.status_code == 422
    assert "type it again" in messages(answer)


def test_a_typed_key_that_the_workspace_hides_has_to_be_given_again(bob: httpx.Client, emulator: Emulator) -> None:
    model = {"provider": "openai", "name": "gpt-4o", "task": "llm/v1/chat",
             "openai_config": {"openai_api_key_plaintext": "sk-config-4711"}}  # fmt: skip
    make(emulator, bob, "c-typed", {"served_entities": [{"name": "gpt", "external_model": model}]})
    shown = bob.get("/endpoints/c-typed/config")
    assert "the workspace never shows a typed key, and an update replaces everything" in shown.text
    fields = {**form(shown), place(0) + "external_model.name": "gpt-4o-mini"}
    answer = press(bob, "c-typed", fields)
    assert "Choose a secret, or type the key." in beside(answer, KEY + "mode"), messages(answer)
    assert "never shows a typed key" in answer.text
    send(bob, "c-typed", {**form(answer), KEY + "mode": "reference", KEY + "scope": "ml", KEY + "key": "openai"})
    sent = received(emulator)["served_entities"][0]["external_model"]
    assert sent["openai_config"] == {"openai_api_key": "{{secrets/ml/openai}}"}
    assert sent["name"] == "gpt-4o-mini"
