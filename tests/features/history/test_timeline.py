"""The history in words, day by day, page by page."""

import re
import uuid

import httpx

from tests.features.changes.pages import at_desk, config_edit
from tests.features.changes.support import make, ready, until_ready
from tests.servers import Portal
from web.audit.ledger import Intent, Outcome
from web.changes.words import field_words, summary


def test_a_change_is_told_in_words(bob: httpx.Client) -> None:
    name = f"h-{uuid.uuid4().hex[:10]}"
    live = ready(bob, name)
    wanted = config_edit(live, entity_version="3").model_dump(mode="json")
    assert make(bob, wanted).status_code == 201
    until_ready(bob, name)
    page = bob.get(f"/endpoints/{name}/history").text
    assert "Today" in page
    assert "Changed config" in page
    assert "churn-1 version 1 → 3" in page
    assert "config.update" not in page
    options = re.findall(r'<option value="s\d+"[^>]*>([^<]+)</option>', page)
    assert any("version 2 · Changed config · bob@example.com" in option for option in options)
    refs = re.findall(r'<option value="(s\d+)"', page)
    compared = bob.get(f"/endpoints/{name}/history/compare", params={"a": refs[-1], "b": "live"}).text
    assert "entity_version" in compared.replace("<wbr>", "")
    assert bob.get(f"/endpoints/{name}/history/compare?a=live&b=live").text.count("No difference") == 1
    now, first = (bob.get(f"/endpoints/{name}/restore", params={"version": refs[at]}).text for at in (0, -1))
    assert ("Nothing differs from the live endpoint" in now, '<button class="btn btn-primary">Restore' in now) == (
        True,
        False,
    )
    assert ("Nothing differs" in first, '<button class="btn btn-primary">Restore' in first) == (False, True)


def test_a_long_history_has_pages(bob: httpx.Client, portal: Portal) -> None:
    name = f"h-{uuid.uuid4().hex[:10]}"
    live = ready(bob, name)
    desk = at_desk(portal)
    for place in range(120):
        diff = [{"path": f"tags[n{place}]", "before": None, "after": "x"}]
        intent = Intent(
            "tags.update", name, "bob@example.com", "", uuid.uuid4().hex, "", {}, [], diff, None, live["id"]
        )
        desk.finish(desk.begin(intent)[0].id, Outcome("refused", []))
    desk.engine.dispose()
    first = bob.get(f"/endpoints/{name}/history").text
    assert "tag n119 added" in first
    assert "tag n10 added" not in first
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = bob.get(older.group(1)).text
    assert "tag n10 added" in second
    assert "Created the endpoint" in second
    assert "Older" not in second


def test_fields_are_named_as_people_name_them() -> None:
    assert field_words("config.served_entities[churn-1].workload_size") == "Workload size of served entity churn-1"
    assert field_words("tags[team]") == "Tag team"
    assert field_words("") == "The whole endpoint"
    rows = [{"path": "config.traffic_config.routes[a].traffic_percentage", "before": 100, "after": 60}]
    assert summary(rows) == "a traffic 100 → 60"
    assert summary([]) == ""
