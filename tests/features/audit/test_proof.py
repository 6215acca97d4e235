"""Whether the history is whole, as a page: what was checked in words, and the damage where there is some."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.browser.fixtures import OpenPage
from tests.conftest import client
from tests.servers import Portal
from web.db.engine import open_engine
from web.emulator.front_door import FrontDoor

if TYPE_CHECKING:
    from web.emulator.server import Emulator


def test_the_page_says_that_the_history_is_whole_and_what_was_checked(
    open_page: OpenPage, accessible: Callable[[Page], None]
) -> None:
    for scheme, width in (("light", 1280), ("dark", 390)):
        page = open_page("bob", color_scheme=scheme, width=width)
        page.goto("/audit")
        page.get_by_role("link", name="Verify the history").click()
        expect(page.get_by_text("The history is whole")).to_be_visible()
        accessible(page)
        page.get_by_role("button", name="Check again").press("Enter")
        expect(page.get_by_text("The history is whole")).to_be_visible()
        expect(page.get_by_role("link", name="as JSON")).to_have_attribute("href", "/api/v1/audit/verify")


def test_damage_is_told_in_words_with_the_entry_it_begins_at(
    emulator: "Emulator", start_portal: Callable[..., Portal]
) -> None:
    portal = start_portal()
    door = FrontDoor(portal.url, emulator.url).start()
    try:
        with client(door, "bob") as bob:
            change = {"kind": "tags.update", "endpoint": "churn", "body": {"add": {"a": "b"}, "delete": []}}
            bob.post("/api/v1/changes", json={"change": change}, headers={"Idempotency-Key": "p" * 32})
            engine = open_engine(portal.database_url)
            with engine.begin() as connection:
                for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                    connection.execute(text(f'DROP TRIGGER "{name}"'))
                connection.execute(text("UPDATE audit_entry SET actor = 'mallory' WHERE seq = 1"))
            engine.dispose()
            shown = bob.get("/audit/verify?now=1").text
    finally:
        door.stop()
    assert "The history is damaged at entry 1" in shown
    assert "somebody changed it in the database" in shown
