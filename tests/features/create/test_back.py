"""Back from Review the form is as it was left; a quota nearly used up is told before anything is sent."""

import httpx

from tests.features.changes.support import custom as made
from tests.features.changes.support import make
from tests.features.create.support import ENTITY, KEY, custom, external, inputs, review


def test_back_from_review_the_form_is_as_it_was(bob: httpx.Client) -> None:
    fields = custom("n-back", description="Mine", **{"tags[0].key": "team", "tags[0].value": "x"})
    shown = bob.get(review(bob, fields).headers["location"])
    back = next(part.split('"')[0] for part in shown.text.split('href="') if part.startswith("/endpoints/new?draft="))
    assert {k: v for k, v in inputs(bob.get(back)).items() if k in fields} == fields


def test_a_typed_key_is_still_held_there(bob: httpx.Client) -> None:
    fields = external("n-back-key", **{KEY + "mode": "plaintext", KEY + "typed": "sk-back-4711"})
    draft = review(bob, fields).headers["location"].rpartition("/")[2]
    shown = bob.get(f"/endpoints/new?draft={draft}")
    assert "sk-back-4711" not in shown.text
    assert inputs(shown)[KEY + "held"].startswith("$held:")


def test_somebody_elses_draft_is_not_given(bob: httpx.Client, alice: httpx.Client) -> None:
    draft = review(bob, custom("n-mine")).headers["location"].rpartition("/")[2]
    assert alice.get(f"/endpoints/new?draft={draft}").status_code == 404


def test_an_alias_that_was_chosen_stays_chosen_after_a_mistake(bob: httpx.Client) -> None:
    wrong = review(bob, custom("bad name", **{ENTITY + "entity_version": "@champion"}))
    assert wrong.status_code == 422
    assert inputs(wrong)[ENTITY + "entity_version"] == "@champion"


def test_a_quota_nearly_used_up_is_told_at_review(bob: httpx.Client) -> None:
    for number in range(45):
        make(bob, made(f"n-quota-{number}"))
    shown = bob.get(review(bob, custom("n-quota")).headers["location"]).text
    assert "The workspace takes 50 creates and updates in 5 minutes" in shown
