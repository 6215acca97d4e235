"""Every error a person can meet is on the page of errors, with a cause and a way out, also before signing in."""

import re

import httpx
import pytest

from tests.servers import Portal
from web.workspace.hints import HINTS
from web.workspace.situations import SITUATIONS


@pytest.mark.parametrize(
    "words",
    ["cannot configure default credentials", "PERMISSION_DENIED", "NOT_READY", "RESOURCE_DOES_NOT_EXIST",
     "404 query", "RATE_LIMIT_EXCEEDED", "429", "REQUEST_LIMIT_EXCEEDED", "409", "scale to zero", "CUDA"],
)  # fmt: skip
def test_an_error_is_found_by_its_words(bob: httpx.Client, words: str) -> None:
    page = bob.get("/help/errors", params={"q": words}).text
    assert "What to do." in page
    assert "Nothing here has these words" not in page


def test_every_row_has_a_cause_and_a_way_out() -> None:
    for row in (*HINTS, *SITUATIONS):
        assert row.cause.endswith("."), row.title
        assert row.text.endswith("."), row.title
        assert row.seen, row.title
    titles = [row.title for row in (*HINTS, *SITUATIONS)]
    assert len(titles) == len(set(titles))


def test_an_error_page_leads_to_what_it_means(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/no-such-endpoint").text
    link = re.search(r'href="(/help/errors\?[^"]+)"', page)
    assert link
    assert "The error you came from" in bob.get(link[1].replace("&amp;", "&")).text


def test_the_page_is_there_before_anybody_is_known(portal: Portal) -> None:
    answer = httpx.get(f"{portal.url}/help/errors", trust_env=False)
    assert answer.status_code == 200
    assert "databricks auth login" in answer.text


def test_words_that_are_nowhere_say_so(bob: httpx.Client) -> None:
    page = bob.get("/help/errors", params={"q": "<b>zebra", "status": "0"}).text
    assert "Nothing here has these words" in page
    assert "<b>zebra" not in page
