"""The logs page: the log that explains most is picked, nothing in it can do harm, and what is missing is explained."""

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.features.endpoints.support import fault
from tests.features.logs.support import LOG, says
from web.workspace.logtext import first_error, is_error, plain

if TYPE_CHECKING:
    from web.emulator.server import Emulator


def log_of(page: str) -> str:
    """The log on a page, as markup."""
    found = re.search(r'<pre class="logs-plain"[^>]*>\n(.*?)</pre>', page, re.S)
    assert found, page[:4000]
    return found[1]


def test_the_build_log_of_the_config_that_failed_is_picked(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/lead-scoring/logs").text
    assert "ModuleNotFoundError: No module named &#39;lightgbm&#39;" in log_of(page)
    assert 'data-at="error"' in page
    assert "data-live" not in page.split('id="logs-more"')[1]
    assert re.search(r'<option value="4:[^"]+" selected>[^<]*config version 4 \(failed\)', page)


def test_a_serving_endpoint_shows_its_service_log_and_goes_on_looking(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/churn/logs").text
    assert "Model server is ready" in log_of(page)
    assert 'data-live="3"' in page


def test_only_what_is_new_is_sent_and_a_log_that_began_anew_is_sent_whole(
    emulator: "Emulator", bob: httpx.Client
) -> None:
    says(emulator, "churn", "churn-3", "first\nsecond", "logs")
    page = bob.get("/endpoints/churn/logs").text
    path = re.search(r'hx-get="([^"]+/logs/more[^"]+)"', page)
    assert path
    address = path[1].replace("&amp;", "&")
    assert "data-added" not in bob.get(address).text
    says(emulator, "churn", "churn-3", "first\nsecond\nthird <b>", "logs")
    more = bob.get(address).text
    assert "third &lt;b&gt;" in more
    assert "first" not in more
    assert "data-anew" not in more
    says(emulator, "churn", "churn-3", "other\nlog of another replica", "logs")
    anew = bob.get(address).text
    assert "data-anew" in anew
    assert "other" in anew


def test_markup_and_terminal_codes_of_a_log_are_only_text(emulator: "Emulator", bob: httpx.Client) -> None:
    nasty = "\x1b[31mred\x1b[0m\n<script>alert(1)</script></pre>\n10%\r100%\n\x1b]0;title\x07done\u202e\x00\tend"
    says(emulator, "churn", "churn-3", nasty, "logs")
    shown = log_of(bob.get("/endpoints/churn/logs").text)
    assert shown == "red\n&lt;script&gt;alert(1)&lt;/script&gt;&lt;/pre&gt;\n100%\ndone    end"
    saved = bob.get("/endpoints/churn/logs/text")
    assert saved.headers["content-type"].startswith("text/plain")
    assert "attachment" in saved.headers["content-disposition"]
    assert "<script>alert(1)</script>" in saved.text


@pytest.mark.parametrize(
    ("endpoint", "says_why"),
    [
        ("databricks-gpt-oss-120b", "Pay-per-token endpoints have no logs"),
        ("scratch", "has no served entity"),
        ("price-forecast", "The endpoint is stopped"),
    ],
)
def test_an_endpoint_without_logs_says_why(bob: httpx.Client, endpoint: str, says_why: str) -> None:
    assert says_why in bob.get(f"/endpoints/{endpoint}/logs").text


def test_a_model_that_sleeps_says_so(emulator: "Emulator", bob: httpx.Client) -> None:
    entity = emulator.world.endpoints["churn"].config.entities[0]  # type: ignore[union-attr]
    entity.message = "Scaled to zero"
    assert "The next request starts one" in bob.get("/endpoints/churn/logs").text


def test_without_permission_the_page_says_whom_to_ask(emulator: "Emulator", charlie: httpx.Client) -> None:
    emulator.world.endpoints["lead-scoring"].grants["group_name"]["users"] = "CAN_VIEW"
    page = charlie.get("/endpoints/lead-scoring/logs")
    assert page.status_code == 200
    assert "needs CAN_MANAGE" in page.text
    assert "lightgbm" not in page.text


@pytest.mark.parametrize("part", ["", "/more", "/text"])
def test_logs_of_a_hidden_endpoint_do_not_exist(charlie: httpx.Client, part: str) -> None:
    assert charlie.get(f"/endpoints/churn/logs{part}").status_code == 404


def test_a_workspace_that_fails_is_told_with_the_way_out(emulator: "Emulator", bob: httpx.Client) -> None:
    path = LOG.format(endpoint="churn", entity="churn-3", which="logs")
    fault(emulator, path, fault="status", status=500, times=9)
    page = bob.get("/endpoints/churn/logs")
    assert page.status_code == 200
    assert "The log could not be read" in page.text


def test_names_of_entities_and_versions_that_cannot_be_are_not_asked_for(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/churn/logs", params={"source": "9:../../x", "log": "secrets", "length": "-4"})
    assert "Model server is ready" in page.text


def test_errors_are_told_from_lines_that_only_mention_them() -> None:
    assert is_error("ModuleNotFoundError: No module named 'x'")
    assert is_error("[2026-01-01 00:00:00 +0000] [7] [ERROR] Worker failed to boot.")
    assert is_error("Container exited with code 137 (OOMKilled)")
    for line in ("[INFO] 0 errors", "INFO: error handler registered", "Downloading errorlib-1.0", "exit code 0"):
        assert not is_error(line), line
    assert first_error(["fine", "Traceback (most recent call last):"]) == 1
    assert plain("a\x9b31mb") == "a31mb"
