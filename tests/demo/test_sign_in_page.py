"""The sign-in page in a real browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.watch import Watch
from web.emulator.front_door import FrontDoor


@pytest.fixture(params=["light", "dark"])
def sign_in_page(browser: Browser, echo_door: FrontDoor, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page as somebody sees it who is not signed in, on a phone; nothing may have been complained about."""
    context = browser.new_context(
        base_url=echo_door.url, viewport={"width": 390, "height": 800}, color_scheme=request.param
    )
    watch = Watch(echo_door.url).over(context)
    page = context.new_page()
    page.goto("/endpoints?q=churn")
    yield page
    context.close()
    assert not watch.seen


def test_a_person_chooses_who_they_are_and_comes_to_the_page_they_wanted(sign_in_page: Page) -> None:
    expect(sign_in_page.get_by_role("heading", level=1)).to_have_text("Sign in to Serving Portal")
    sign_in_page.get_by_role("button", name="Bob Brandt").click()
    expect(sign_in_page).to_have_url("/endpoints?q=churn")
    assert "dapi-bob" in sign_in_page.content()
    sign_in_page.goto("/.auth/sign-in")
    expect(sign_in_page.get_by_role("button", name="Bob Brandt")).to_contain_text("signed in now")


def test_the_keyboard_is_enough(sign_in_page: Page) -> None:
    for _ in range(3):
        sign_in_page.keyboard.press("Tab")
    sign_in_page.keyboard.press("Enter")
    expect(sign_in_page).to_have_url("/endpoints?q=churn")
    assert "dapi-charlie" in sign_in_page.content()


def test_axe_finds_nothing_and_nothing_is_cut_off(sign_in_page: Page, accessible: Callable[[Page], None]) -> None:
    accessible(sign_in_page)
    assert sign_in_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
