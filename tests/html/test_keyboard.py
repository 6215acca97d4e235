"""Menus, tabs, dialogs, navigation and the theme work with the keyboard alone."""

from playwright.sync_api import Page, expect

from tests.html.conftest import OpenPattern


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def test_the_skip_link_is_first_and_leads_to_the_content(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns/list")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_menu_opens_walks_and_closes_by_keys(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns/list")
    menu = page.locator("summary[aria-label=Appearance]")
    menu.focus()
    page.keyboard.press("ArrowDown")
    assert focused(page) == "System"
    page.keyboard.press("ArrowUp")
    assert focused(page) == "Dark"
    page.keyboard.press("Escape")
    expect(page.locator("details.menu[open]")).to_have_count(0)
    expect(menu).to_be_focused()


def test_the_chosen_theme_stays_after_a_reload(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns/list", color_scheme="light")
    page.locator("summary[aria-label=Appearance]").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_tabs_move_with_arrows_and_remember_the_choice(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns/review")
    page.get_by_role("tab", name="CLI").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Python")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Python")).to_be_visible()
    expect(page.get_by_role("tabpanel", name="CLI")).to_be_hidden()
    page.keyboard.press("End")
    page.reload()
    expect(page.get_by_role("tab", name="curl")).to_have_attribute("aria-selected", "true")


def test_a_dialog_wants_the_name_typed_and_gives_the_focus_back(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns")
    opener = page.get_by_role("button", name="Ask first")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    delete = dialog.get_by_role("button", name="Delete endpoint")
    expect(delete).to_be_disabled()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("fraud-detector")
    expect(delete).to_be_enabled()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_navigation_opens_and_closes_on_a_narrow_screen(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns/list", width=390)
    navigation = page.get_by_role("navigation", name="Main")
    expect(navigation).to_be_hidden()
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    expect(navigation.get_by_role("link", name="Audit")).to_be_visible()
    expect(page.get_by_role("button", name="Menu")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(navigation).to_be_hidden()


def test_the_navigation_is_there_without_scripts(open_pattern: OpenPattern) -> None:
    page = open_pattern("/patterns/list", width=390, java_script_enabled=False)
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Audit")).to_be_visible()
