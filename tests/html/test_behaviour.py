"""What the small scripts do: live parts, filters, forms, errors, the editor."""

import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fixtures import quiet, visit
from tests.html.conftest import OpenPattern


@pytest.fixture
def hurried(open_pattern: OpenPattern) -> Page:
    """The pattern page in a browser whose clock the test moves."""
    page = open_pattern("about:blank")
    page.clock.install()
    visit(page, "/patterns")
    return page


def said_in_time(live: Locator, text: str, within_s: int) -> None:
    """Half a second of the browser's after the other, until the part says so; not later than it has to."""
    until, left = time.monotonic() + 20, within_s * 2
    while text not in live.inner_text():
        assert left > 0, f"not said within {within_s} s of the browser's: {live.inner_text()}"
        assert time.monotonic() < until
        left -= 1
        with quiet(live.page):
            live.page.clock.run_for(500)


def test_a_live_part_asks_again_until_it_is_settled(hurried: Page) -> None:
    live = hurried.locator("#patterns-live")
    said_in_time(live, "Settled", 15)
    expect(live).not_to_have_attribute("data-live", "2")


@pytest.mark.expects_browser_errors
def test_a_live_part_that_fails_keeps_its_content_and_says_so(hurried: Page) -> None:
    hurried.route("**/patterns/live**", lambda route: route.fulfill(status=503, body="down"))
    live = hurried.locator("#patterns-live")
    said_in_time(live, "Could not refresh since", 15)
    expect(live).to_contain_text("of 3")
    hurried.unroute("**/patterns/live**")
    said_in_time(live, "Settled", 30)
    expect(live).not_to_contain_text("Could not refresh")


def test_typing_in_a_filter_narrows_the_table_and_the_address(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns/list")
    search = page.get_by_role("searchbox", name="Search endpoints")
    search.press_sequentially("gpt")
    expect(page.locator("#patterns-rows tbody tr")).to_have_count(1)
    expect(search).to_be_focused()
    page.wait_for_url("**/patterns/list?q=gpt*")
    page.reload()
    expect(page.locator("#patterns-rows tbody tr")).to_have_count(1)
    expect(search).to_have_value("gpt")
    search.fill("nothing like this")
    expect(page.get_by_text("No endpoint matches")).to_be_visible()


def test_a_form_comes_back_with_its_messages_beside_the_field(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns/form")
    page.get_by_label("Name").fill("not valid!")
    page.get_by_role("button", name="Review").click()
    name = page.get_by_label("Name", exact=True)
    expect(name).to_have_value("not valid!")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description(
        "Use letters, digits, dashes and underscores only; start with a letter or"
        " digit. Part of the address people call. It cannot be changed later."
    )


def test_a_form_that_is_done_leaves_a_message_once(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns/form")
    page.get_by_label("Name").fill("fraud-detector")
    page.get_by_role("button", name="Review").click()
    toast = page.get_by_role("status").filter(has_text="fraud-detector would be reviewed now")
    expect(toast).to_be_visible()
    page.reload()
    expect(toast).to_have_count(0)


def test_fields_of_another_choice_are_hidden_and_not_sent(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns/form")
    note = page.get_by_text("GPU capacity is limited")
    expect(note).to_be_hidden()
    page.get_by_label("Workload type").select_option("GPU_SMALL")
    expect(note).to_be_visible()


@pytest.mark.expects_browser_errors
def test_a_panel_that_fails_says_why_in_its_place(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns")
    page.get_by_role("button", name="Load a panel that fails").click()
    expect(page.locator("#panel")).to_contain_text("The workspace did not answer within 10 seconds.")


@pytest.mark.expects_browser_errors
def test_an_answer_of_somebody_else_does_not_replace_the_page(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns")
    page.route("**/patterns/panel", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    page.get_by_role("button", name="Load a panel that fails").click()
    expect(page.locator("#toasts")).to_contain_text("The portal answered 502.")
    expect(page.locator("#panel")).to_be_empty()


@pytest.mark.expects_browser_errors
def test_an_expired_session_is_told_and_nothing_is_lost(open_pattern: OpenPattern, patterns_url: str) -> None:
    page = open_pattern("/patterns")
    to_login = {"status": 302, "headers": {"Location": "http://login.invalid/"}}
    for pattern in ("**/patterns/panel", "**/healthz"):
        page.route(pattern, lambda route: route.fulfill(**to_login))
    page.get_by_role("button", name="Load a panel that fails").click()
    expect(page.get_by_role("alert").filter(has_text="Your session has expired")).to_be_visible()


def test_copying_puts_the_text_on_the_clipboard(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns/review", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy cli").click()
    expect(page.locator("#announcements")).to_have_text("Copied")
    assert "update-config fraud-detector" in page.evaluate("navigator.clipboard.readText()")


def test_the_json_editor_marks_lines_and_keeps_the_field_in_step(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns")
    editor = page.locator("json-editor")
    expect(editor.locator(".cm-lint-marker-error")).to_have_count(1)
    editor.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("{")
    expect(editor.locator(".cm-lint-marker-error")).to_have_count(1)
    assert page.locator("textarea[name=body]").input_value().startswith("{")


def test_the_json_editor_is_a_plain_field_without_scripts(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns", java_script_enabled=False)
    expect(page.get_by_label("Config")).to_be_visible()
    expect(page.get_by_label("Config")).to_have_value(
        '{\n  "served_entities": [\n    {\n      "name": "fraud-detector-8",\n'
        '      "entity_name": "main.fraud.detector",\n      "entity_version": "8",\n      "workload_size": "Medium",\n'
        '      "scale_to_zero_enabled": false\n    }\n  ]\n}'
    )
