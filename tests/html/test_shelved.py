"""What is drawn of a listing is drawn once, kept once, and sent with the nonce of each answer."""

import gzip
import re
from collections.abc import Hashable
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from web.errors import PortalError
from web.html.respond import fragment, page
from web.hurry import at_once

T = TypeVar("T")
TROUBLE = PortalError("It is gone.", hint="Look elsewhere.")


class Counted:
    """A shelf that counts how often something is put there."""

    def __init__(self) -> None:
        self.there: dict[Any, Any] = {}
        self.puts = 0

    def of(self, *key: Hashable) -> Any:
        return self.there.get(key)

    def keep(self, piece: T, *key: Hashable) -> T:
        self.puts += 1
        self.there[key] = piece
        return piece


def asked(**headers: str) -> Request:
    named = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": named, "state": {}}
    return Request({**scope, "app": Starlette()})


def part(shelf: Counted, key: str, **headers: str) -> Response:
    return fragment(asked(**headers), "errors/_error.html", error=TROUBLE, request_id="r", shelved=(shelf, key))


def whole(shelf: Counted, **headers: str) -> Response:
    return page(asked(**headers), "errors/error.html", error=TROUBLE, request_id="r", shelved=(shelf, "k"))


def test_a_part_is_kept_once_for_each_key() -> None:
    shelf = Counted()
    first = part(shelf, "k")
    assert b"It is gone." in bytes(first.body)
    assert [part(shelf, "k").headers["ETag"] for _ in range(3)] == [first.headers["ETag"]] * 3
    assert shelf.puts == 1
    part(shelf, "another")
    assert shelf.puts == 2


def test_a_page_is_kept_once_and_has_the_nonce_of_each_answer() -> None:
    shelf = Counted()
    answers = [whole(shelf), whole(shelf), whole(shelf, accept_encoding="gzip")]
    assert shelf.puts == 1
    bodies = [bytes(answers[0].body), bytes(answers[1].body), gzip.decompress(bytes(answers[2].body))]
    nonces = [set(re.findall(rb'nonce="([^"]+)"', body)) for body in bodies]
    assert all(len(found) == 1 for found in nonces)
    assert len(set.union(*nonces)) == 3
    for found, answer in zip(nonces, answers, strict=True):
        assert f"nonce-{found.pop().decode()}" in answer.headers["Content-Security-Policy"]


def test_what_is_on_the_shelf_is_at_hand_and_what_has_to_be_drawn_is_not() -> None:
    shelf = Counted()
    assert at_once(lambda: whole(shelf)) is None
    assert at_once(lambda: part(shelf, "k")) is None
    whole(shelf)
    tag = part(shelf, "k").headers["ETag"]
    assert at_once(lambda: whole(shelf)) is not None
    assert at_once(lambda: part(shelf, "k")) is None, "it would have to be compressed"
    held = at_once(lambda: part(shelf, "k", if_none_match=tag))
    assert held is not None
    assert held.status_code == 304
