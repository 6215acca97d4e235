"""The logs page in a real browser: the first error in sight, 50,000 lines, finding, following."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.fixtures import OpenPage
from tests.features.logs.support import says

if TYPE_CHECKING:
    from web.emulator.server import Emulator

Accessible = Callable[[Page], None]
SCROLL = """
async (view) => {
  const frames = [];
  let last = performance.now();
  for (let step = 1; step <= 60; step += 1) {
    view.scrollTop = view.scrollHeight / 60 * step;
    await new Promise(requestAnimationFrame);
    frames.push(performance.now() - last);
    last = performance.now();
  }
  return {median: frames.sort((a, b) => a - b)[30], rows: view.querySelectorAll(".logs-row").length};
}
"""


def test_a_failed_update_opens_at_the_first_error(open_page: OpenPage, accessible: Accessible) -> None:
    for scheme, width in (("light", 1280), ("dark", 390)):
        page = open_page("bob", color_scheme=scheme, width=width)
        page.goto("/endpoints/lead-scoring/logs")
        expect(page.locator(".logs-row[data-here]")).to_contain_text("Traceback")
        expect(page.locator(".logs-row[data-here]")).to_be_in_viewport()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_fifty_thousand_lines_scroll_smoothly(emulator: "Emulator", bob_page: Page) -> None:
    lines = [f"[2026-05-04 10:00:00 +0000] [7] [INFO] request {n} took {n % 977} ms" for n in range(50_000)]
    lines[43_210] = "[2026-05-04 10:00:00 +0000] [7] [ERROR] <img src=x onerror=alert(1)> needle " + "x" * 9000
    says(emulator, "churn", "churn-3", "\n".join(lines), "logs")
    bob_page.goto("/endpoints/churn/logs")
    view = bob_page.locator(".logs-scroll")
    expect(view).to_contain_text("request 49999")
    measured = view.evaluate(SCROLL)
    assert measured["rows"] < 200
    assert measured["median"] < 50, measured
    bob_page.get_by_role("button", name="First error").click()
    expect(bob_page.locator(".logs-row[data-here]")).to_contain_text("<img src=x")
    bob_page.get_by_label("Wrap").check()
    bob_page.get_by_label("Level").select_option("Errors")
    expect(bob_page.locator(".logs-row")).to_have_count(1)
    bob_page.get_by_label("Level").select_option("All levels")
    view.focus()
    bob_page.keyboard.press("/")
    bob_page.keyboard.type("request 777")
    expect(bob_page.locator("#logs-found")).to_contain_text("1 of 11 lines")
    bob_page.keyboard.press("Enter")
    expect(bob_page.locator("#logs-found")).to_contain_text("2 of 11 lines")
    expect(bob_page.locator(".logs-row[data-here] mark")).to_have_text("request 777")


def test_a_log_is_followed_until_one_scrolls_up(emulator: "Emulator", bob_page: Page) -> None:
    lines = [f"[INFO] line {n}" for n in range(400)]
    says(emulator, "churn", "churn-3", "\n".join(lines), "logs")
    bob_page.goto("/endpoints/churn/logs")
    view = bob_page.locator(".logs-scroll")
    expect(view).to_contain_text("line 399")
    says(emulator, "churn", "churn-3", "\n".join([*lines, "[INFO] came later"]), "logs")
    expect(view).to_contain_text("came later", timeout=15_000)
    view.evaluate("view => { view.scrollTop = 0; }")
    says(emulator, "churn", "churn-3", "\n".join([*lines, "[INFO] came later", "[INFO] last"]), "logs")
    resume = bob_page.get_by_role("button", name="Paused. 1 new line")
    expect(resume).to_be_visible(timeout=15_000)
    expect(view).to_contain_text("line 0")
    resume.click()
    expect(view).to_contain_text("[INFO] last")
    expect(resume).to_be_hidden()


def test_without_scripts_the_log_is_there_to_read(open_page: OpenPage) -> None:
    page = open_page("bob", java_script_enabled=False)
    page.goto("/endpoints/lead-scoring/logs")
    expect(page.locator(".logs-plain")).to_contain_text("No module named 'lightgbm'")
    expect(page.locator(".logs-tools")).to_be_hidden()
