"""What goes wrong on the way: nonsense, half answers, limits, slowness, cut connections."""

import json
import time

import pytest

from tests.workspace.conftest import Backdoor
from web.errors import PortalError, Unavailable
from web.workspace import iam, serving
from web.workspace.client import Workspace
from web.workspace.rows import decode_rows

LIST = "/api/2.0/serving-endpoints"


def test_nonsense_instead_of_json_is_a_bad_answer(backdoor: Backdoor, bob_sees: Workspace) -> None:
    for ask in (serving.list_rows, serving.list_endpoints, iam.me):
        backdoor.fault("garbage")
        with pytest.raises(Unavailable) as bad:
            ask(bob_sees)
        assert bad.value.code == "BAD_ANSWER"


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "3", '{"endpoints": 3}', '{"endpoints": {"a": 1}}'])
def test_json_of_another_shape_is_a_bad_answer(backdoor: Backdoor, bob_sees: Workspace, body: str) -> None:
    for ask in (serving.list_rows, serving.list_endpoints):
        backdoor.fault("status", LIST, status=200, body=body)
        with pytest.raises(Unavailable) as bad:
            ask(bob_sees)
        assert bad.value.code == "BAD_ANSWER"


def test_an_empty_object_is_an_empty_listing(backdoor: Backdoor, bob_sees: Workspace) -> None:
    backdoor.fault("status", LIST, times=2, status=200, body={})
    assert serving.list_rows(bob_sees) == []
    assert serving.list_endpoints(bob_sees) == []


def test_one_odd_endpoint_does_not_hide_the_others() -> None:
    odd = {"name": "b", "creation_timestamp": "1700", "tags": "none", "config": {"served_entities": [3]}}
    new = {"name": "a", "task": "from/the/future", "state": {"ready": "MAYBE"}, "new": [1]}
    body = json.dumps({"endpoints": [new, odd, 7, {"id": None}]}).encode()
    first, second, third = decode_rows(body)
    assert (first.task, first.ready) == ("from/the/future", "MAYBE")
    assert (second.name, second.creation_timestamp, second.tags, second.served_entities) == ("b", 1700, None, [])
    assert third.name == ""


def test_a_broken_off_answer_is_asked_for_again(backdoor: Backdoor, bob_sees: Workspace) -> None:
    backdoor.endpoint("chat")
    backdoor.forget()
    backdoor.fault("truncate", f"{LIST}/chat")
    assert serving.get_endpoint(bob_sees, "chat")["name"] == "chat"
    backdoor.fault("reset", f"{LIST}/chat")
    assert serving.get_endpoint(bob_sees, "chat")["name"] == "chat"
    assert len(backdoor.requests()) == 4


def test_a_long_retry_after_is_told_and_not_waited_for(backdoor: Backdoor, bob_sees: Workspace) -> None:
    backdoor.fault("status", LIST, times=9, status=429, headers={"Retry-After": "30"})
    began = time.monotonic()
    with pytest.raises(PortalError) as limited:
        serving.list_rows(bob_sees)
    assert limited.value.status == 429
    assert "30 s" in limited.value.hint
    assert time.monotonic() - began < 1.5


def test_a_slow_workspace_is_given_up_in_time(backdoor: Backdoor, bob_sees: Workspace) -> None:
    backdoor.fault("delay", LIST, times=9, delay_s=5)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        serving.list_endpoints(bob_sees)
    assert time.monotonic() - began < 3
