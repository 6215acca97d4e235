"""A request through a connection: sent once, answered as it came, refused in words."""

import html

import httpx
import pytest

from tests.features.changes.support import writes
from tests.features.create.support import Fields, beside
from web.emulator.server import Emulator

PAGE = "/http-request"


def test_a_request_is_sent_once_and_its_answer_shown(bob: httpx.Client, emulator: Emulator) -> None:
    fields = {"connection": "crm_api", "method": "POST", "path": "/notes", "params": '{"q": "1"}', "body": '{"a": [1]}'}
    shown = html.unescape(bob.post(PAGE, data=fields).text)
    assert '"path":"/notes"' in shown
    assert '"json":{"a":[1]}' in shown
    assert len(writes(emulator, "/external-function")) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"connection": "", "method": "GET", "path": "/"}, "connection"),
        ({"connection": "crm_api", "method": "GET", "path": "x"}, "path"),
        ({"connection": "crm_api", "method": "GET", "path": "/", "body": "{"}, "body"),
        ({"connection": "crm_api", "method": "GET", "path": "/", "headers": "[1]"}, "headers"),
    ],
)
def test_a_bad_field_is_told_beside_it(bob: httpx.Client, emulator: Emulator, fields: Fields, field: str) -> None:
    answer = bob.post(PAGE, data=fields)
    assert answer.status_code == 422
    assert beside(answer, field)
    assert writes(emulator, "/external-function") == []


def test_a_connection_one_may_not_use_says_so(charlie: httpx.Client) -> None:
    answer = charlie.post(PAGE, data={"connection": "crm_api", "method": "GET", "path": "/"})
    assert answer.status_code == 403
    assert "USE CONNECTION" in answer.text
