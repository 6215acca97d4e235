"""A change of several calls that stops in between: what was done and what is missing is named, and can be completed."""

import uuid

import httpx
import pytest

from tests.faults.scenarios import GRANT
from tests.features.changes.pages import DRAFT, SEEN, one
from tests.features.changes.support import custom, fault, make, writes
from web.emulator.server import Emulator

PERMISSIONS = "/api/2.0/permissions/serving-endpoints/*"


@pytest.mark.parametrize("status", [403, 429, 503])
def test_grants_that_a_create_did_not_make_are_named_and_made_later(
    bob: httpx.Client, emulator: Emulator, status: int
) -> None:
    name = f"t-{uuid.uuid4().hex[:10]}"
    fault(emulator, "PATCH", PERMISSIONS, "status", status=status)
    made = make(bob, custom(name, permissions=GRANT)).json()["operation"]
    page = bob.get(f"/audit/{made['id']}").text
    assert "The endpoint exists; its permissions were not granted" in page
    assert bob.get(f"/api/v1/endpoints/{name}").status_code == 200, "nothing deletes it"
    review = bob.post(f"/audit/{made['id']}/grants", follow_redirects=True).text
    answer = bob.post("/changes", data={"draft": one(DRAFT, review), "seen": one(SEEN, review)})
    assert answer.status_code == 303, answer.text[-3000:]
    assert [w["method"] for w in writes(emulator)] == ["POST", "PATCH", "PUT"]
    granted = bob.get(f"/endpoints/{name}/permissions").text
    assert "users" in granted


def test_grants_without_an_answer_may_still_be_on_their_way(bob: httpx.Client, emulator: Emulator) -> None:
    fault(emulator, "PATCH", PERMISSIONS, "reset")
    made = make(bob, custom(f"t-{uuid.uuid4().hex[:10]}", permissions=GRANT)).json()["operation"]
    assert "Nobody knows yet" in bob.get(f"/audit/{made['id']}").text
    assert bob.post(f"/audit/{made['id']}/grants").status_code == 409


def test_nothing_is_offered_where_nothing_is_missing(bob: httpx.Client) -> None:
    made = make(bob, custom(f"t-{uuid.uuid4().hex[:10]}", permissions=GRANT)).json()["operation"]
    assert "Grant the permissions" not in bob.get(f"/audit/{made['id']}").text
    assert bob.post(f"/audit/{made['id']}/grants").status_code == 409
