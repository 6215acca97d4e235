"""What needs somebody stands above the list: out of the listing and kept samples, with no call more; else nothing."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
from sqlmodel import Session

from tests.features.endpoints.support import LIST, requests
from tests.servers import Portal
from web.db import samples
from web.db.engine import open_engine
from web.emulator.front_door import COOKIE, FrontDoor

if TYPE_CHECKING:
    from web.emulator.server import Emulator


def section(page: str) -> str:
    """The part of the page; empty when it is not there."""
    return page.partition('endpoints-attention" open')[2].partition("</details>")[0]


def test_failed_updates_stand_above_the_list_without_another_call(emulator: "Emulator", bob: httpx.Client) -> None:
    bob.get("/healthz")
    httpx.delete(f"{emulator.url}/_emulator/requests")
    shown = section(bob.get("/endpoints").text)
    assert "lead-scoring" in shown
    assert "the config before goes on serving" in shown
    assert "nothing serves" in shown
    assert "It has no config yet" in shown
    assert shown.index("invoice-ocr") < shown.index("scratch")
    assert {r["path"] for r in requests(emulator) if "/serving-" in r["path"]} == {LIST}


def test_a_filtered_list_and_people_without_trouble_see_no_such_part(bob: httpx.Client, charlie: httpx.Client) -> None:
    assert section(bob.get("/endpoints?q=churn").text) == ""
    assert "lead-scoring" not in section(charlie.get("/endpoints").text)


def test_samples_tell_of_errors_and_of_endpoints_nobody_asks(
    emulator: "Emulator", start_portal: Callable[..., Portal]
) -> None:
    portal = start_portal()
    engine = open_engine(portal.database_url)
    now = int(time.time() * 1000) // samples.COARSE_MS * samples.COARSE_MS
    ids = {name: str(emulator.world.endpoints[name].id) for name in ("churn", "fraud-realtime")}
    hours = 2 * 60 * samples.MINUTE_MS
    idle = [
        samples.MetricSample(
            endpoint_id=ids["fraud-realtime"], at=now - place * hours, step=hours, requests=0.0, failed=0.0, data={}
        )
        for place in range(7 * 12)
    ]
    samples.store(engine, ids["churn"], now, {"v": 1, "e": {}}, (40.0, 8.0))
    with Session(engine) as session:
        session.add_all(idle)
        session.commit()
    engine.dispose()
    door = FrontDoor(portal.url, emulator.url).start()
    try:
        cookies = {COOKIE: door.sign_in("bob")}
        shown = section(httpx.get(f"{door.url}/endpoints", cookies=cookies, timeout=30, trust_env=False).text)
    finally:
        door.stop()
    assert "20% of its requests failed in the last 15 minutes" in shown
    assert "Nothing has queried it for 7 days" in shown
