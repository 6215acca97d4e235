"""Every pattern page is accessible, quiet and fits: light on a wide screen, dark on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import visit
from tests.html.conftest import OpenPattern

PAGES = ("/patterns", "/patterns/list", "/patterns/endpoint", "/patterns/form", "/patterns/review")
Accessible = Callable[[Page], None]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("path", PAGES)
def test_a_pattern_page_is_accessible_and_fits_the_screen(
    open_pattern: OpenPattern, accessible: Accessible, path: str, width: int, scheme: str
) -> None:
    page = open_pattern(path, width=width, color_scheme=scheme, reduced_motion="reduce")
    assert page.locator("html").get_attribute("data-bs-theme") == scheme
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_open_dialog_menu_and_toast_are_accessible(open_pattern: OpenPattern, accessible: Accessible) -> None:
    page = open_pattern("/patterns", reduced_motion="reduce")
    page.locator("summary.person").click()
    page.evaluate("portalToast({text: 'Refused', tone: 'danger', hint: 'You need CAN_MANAGE.'})")
    accessible(page)
    page.get_by_role("button", name="Ask first").click()
    accessible(page)


def test_the_error_page_says_what_to_do(open_pattern: OpenPattern, accessible: Accessible) -> None:
    page = open_pattern("/patterns/error")
    expect(page.get_by_role("alert").first).to_contain_text("An update of fraud-detector is in progress.")
    expect(page.get_by_role("alert").first).to_contain_text("Wait until version 4 is READY")
    expect(page.get_by_role("alert").first).to_contain_text("databricks serving-endpoints get fraud-detector")
    accessible(page)


def test_host_person_and_mode_are_visible_at_both_widths(open_pattern: OpenPattern) -> None:
    for width in (1280, 390):
        page = open_pattern("/patterns/list", width=width)
        header = page.get_by_role("banner")
        for text in ("adb-1234567890.5.azuredatabricks.net", "Databricks App"):
            expect(header.get_by_text(text).first).to_be_visible()
        expect(header.locator("summary.person")).to_be_visible()


def test_a_page_before_anyone_is_known_has_a_frame_too(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns/list?as=nobody")
    expect(page.get_by_role("banner")).to_contain_text("Serving Portal")
    expect(page.locator(".person")).to_have_count(0)


def test_a_cold_view_of_the_list_is_light(
    open_pattern: OpenPattern, record_property: Callable[[str, object], None]
) -> None:
    page = open_pattern("about:blank")
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    visit(page, "/patterns/list")
    record_property("requests", len(sizes))
    record_property("kilobytes", round(sum(sizes) / 1000, 1))
    print(f"cold list: {len(sizes)} requests, {sum(sizes) / 1000:.1f} kB")
    assert len(sizes) <= 12
    assert sum(sizes) <= 130_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_link_that_looks_like_a_button_can_be_read(open_pattern: OpenPattern, scheme: str) -> None:
    page = open_pattern("/patterns/list", color_scheme=scheme)
    button = page.get_by_role("link", name="New endpoint")
    text, ground = button.evaluate("e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]")
    assert text != ground
