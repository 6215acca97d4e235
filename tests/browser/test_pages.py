"""Every page as people meet it: accessible in both themes, one heading, and no sideways scrolling on a phone."""

import itertools
import re
import uuid

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import OpenPage, check_accessible, visit
from tests.features.changes.support import change, make

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
PAGES = (
    "/about",
    "/endpoints",
    "/endpoints?q=nothing-like-this",
    "/endpoints/new",
    "/endpoints/new?kind=custom",
    "/endpoints/new?kind=external",
    "/endpoints/churn/delete",
    "/endpoints/churn/permissions/why?kind=user&who=charlie@example.com",
    "/endpoints/company-gpt/config",
    "/endpoints/company-gpt/gateway",
    "/endpoints/lead-scoring",
    "/endpoints/invoice-ocr",
    "/endpoints/image-tags/traffic",
    "/endpoints/databricks-gpt-oss-120b",
    "/endpoints/scratch/config",
    "/endpoints/support-agent/playground",
    "/playground?endpoint=company-gpt&endpoint=databricks-gpt-oss-120b",
    "/audit",
    "/usage",
    "/http-request",
    "/help/errors",
    "/api/docs",
)
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1]))"""

SETTLED = """() => new Promise(requestAnimationFrame).then(() => Promise.allSettled(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().iterations !== Infinity).map((one) => one.finished)))"""


def tabs_of(page: Page, name: str) -> list[str]:
    """The addresses of an endpoint's tabs, as its own bar says them."""
    page.goto(f"/endpoints/{name}")
    found: list[str] = page.locator("nav[aria-label=Endpoint] a").evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    return found


def well_made(page: Page, path: str) -> None:
    """One page, looked at wide and narrow, light and dark."""
    visit(page, path)
    levels = page.evaluate(HEADINGS)
    assert levels.count(1) == 1, f"{path} has {levels.count(1)} main headings"
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), f"headings of {path} skip: {levels}"
    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") == WIDE["width"]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a size
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.evaluate(SETTLED)
    width = page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= PHONE["width"], f"{path} is {width} px wide on a phone"
    check_accessible(page)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a size


@pytest.fixture
def page_of_bob(open_page: OpenPage) -> Page:
    return open_page("bob", color_scheme="light", reduced_motion="reduce")


def test_every_tab_of_an_endpoint_is_well_made(page_of_bob: Page) -> None:
    tabs = tabs_of(page_of_bob, "churn")
    assert len(tabs) >= 12
    for path in tabs:
        well_made(page_of_bob, path)


@pytest.mark.parametrize("path", PAGES)
def test_every_other_page_is_well_made(page_of_bob: Page, path: str) -> None:
    well_made(page_of_bob, path)


def in_view(page: Page, text: str) -> bool:
    """Whether a tab is wholly within its bar."""
    return bool(
        page.locator("nav[aria-label=Endpoint]")
        .get_by_role("link", name=text, exact=True)
        .evaluate(
            """one => { const bar = one.closest(".tabs").getBoundingClientRect(), own = one.getBoundingClientRect();
              return own.left > bar.left - 1 && own.right < bar.right + 1; }"""
        )
    )


def test_on_a_phone_the_current_tab_is_in_view_and_the_keyboard_brings_each_there(open_page: OpenPage) -> None:
    page = open_page("bob", width=390, height=800)
    page.goto("/endpoints/churn/integrate")
    bar = page.locator("nav[aria-label=Endpoint] .tabs")
    expect(bar).to_have_attribute("data-before", "")
    assert in_view(page, "Integrate")
    assert not in_view(page, "Overview")
    bar.get_by_role("link", name="Overview").focus()
    for text in bar.get_by_role("link").all_inner_texts():
        expect(page.locator(":focus")).to_have_text(text)
        assert in_view(page, text), text
        page.keyboard.press("Tab")
    expect(bar).not_to_have_attribute("data-after", "")


def test_all_tabs_are_in_view_on_a_laptop(page_of_bob: Page) -> None:
    page_of_bob.goto("/endpoints/churn")
    assert all(
        in_view(page_of_bob, text) for text in page_of_bob.locator(".tabs").first.get_by_role("link").all_inner_texts()
    )


def test_a_request_table_shows_its_head_above_its_rows(page_of_bob: Page) -> None:
    page_of_bob.goto("/endpoints/churn/playground")
    head = page_of_bob.get_by_role("columnheader", name="age").bounding_box()
    row = page_of_bob.get_by_label("age, row 1").bounding_box()
    assert head
    assert row
    assert head["y"] + head["height"] <= row["y"] + 1


def test_the_audit_is_filtered_while_somebody_types(page_of_bob: Page, bob: httpx.Client) -> None:
    word = uuid.uuid4().hex[:10]
    make(bob, change("tags.update", "churn", add={word: "1"}))
    make(bob, change("tags.update", "support-agent", add={"other": "1"}))
    page_of_bob.goto("/audit")
    page_of_bob.get_by_role("searchbox").fill(word)
    rows = page_of_bob.locator("#audit-rows tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("churn")
    expect(page_of_bob).to_have_url(re.compile(rf"/audit\?q={word}$"))
    rows.get_by_role("link", name="churn").click()
    expect(page_of_bob).to_have_url(re.compile("/endpoints/churn/history$"))


def test_a_page_for_others_says_where_one_is(open_page: OpenPage) -> None:
    page = open_page("charlie")
    page.goto("/endpoints/wine-quality/config")
    expect(page.locator("nav[aria-label=Endpoint] [aria-current]")).to_have_text("Config")
    expect(page.get_by_text("You may look at this endpoint, not change it")).to_be_visible()
