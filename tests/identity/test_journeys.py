"""Each journey of a person through the front door: every call it causes carries their own token, and the app's own
principal, which is at work meanwhile, is used for its background looks and for nothing else."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import client
from tests.features.changes.support import change, custom, make, until_ready
from tests.identity.test_whose_token import log_of
from tests.servers import Portal
from web.changes.kinds import Kind
from web.emulator.front_door import FrontDoor
from web.emulator.server import Emulator

BACKGROUND = re.compile(r"GET /api/2\.0/serving-endpoints/[^/]+|POST /oidc/v1/token|GET /(oidc/)?\.well-known/.*")
"""What the portal does by itself: looks for changes made elsewhere, with a token of its own."""
NAME, APP, MODEL = "journey", "retention-dashboard", "databricks-meta-llama-3-3-70b-instruct"
ENTITIES = [
    {
        "name": f"churn-{version}",
        "entity_name": "main.ml.churn",
        "entity_version": version,
        "workload_size": "Small",
        "scale_to_zero_enabled": False,
    }
    for version in ("1", "2")
]
EVEN = [{"served_entity_name": f"churn-{version}", "traffic_percentage": 50} for version in ("1", "2")]
TABLES = {"enabled_telemetry_features": ["TELEMETRY_FEATURE_LOGS"], "table_names": {"logs_table": "main.ml.logs"}}
MINE = [{"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"}]
EVERYBODY = {"group_name": "users", "permission_level": "CAN_VIEW"}
CHANGES: list[dict[str, Any]] = [
    custom(NAME),
    change("config.update", NAME, served_entities=ENTITIES, traffic_config={"routes": EVEN}),
    change("traffic.update", NAME, routes={"churn-1": 60, "churn-2": 40}),
    change("tags.update", NAME, add={"team": "growth"}),
    change("gateway.update", NAME, usage_tracking_config={"enabled": True}),
    change("notifications.update", NAME, email_notifications={"on_update_failure": ["bob@example.com"]}),
    change("telemetry.update", NAME, telemetry_config=TABLES),
    change("app.attach", NAME, app=APP, resource_key="journey", permission="CAN_QUERY"),
    change("app.detach", NAME, app=APP, resource_key="journey"),
    change("endpoint.restore", NAME, tags=[{"key": "team", "value": "older"}], permissions=MINE),
    change("permissions.update", NAME, access_control_list=[*MINE, EVERYBODY]),
    change("endpoint.stop", NAME),
    change("endpoint.start", NAME),
    change("endpoint.delete", NAME),
]
ROLLING = {Kind.CREATE, Kind.CONFIG, Kind.TRAFFIC, Kind.START}


@pytest.fixture
def front(start_portal: Callable[..., Portal], emulator: Emulator) -> Iterator[FrontDoor]:
    """The front door of a portal whose own looks come twice a second."""
    door = FrontDoor(start_portal(PORTAL_LOOK_EVERY_S="0.5").url, emulator.url).start()
    yield door
    door.stop()


def changing(who: httpx.Client) -> None:
    """Every kind of change there is, planned and made as the JSON API does; a stop by form, Review and Apply."""
    assert {one["kind"] for one in CHANGES} == set(Kind)
    for wanted in CHANGES:
        who.post("/api/v1/changes/plan", json={"change": wanted}).raise_for_status()
        accepted = {"change": wanted, "acknowledged": ["schema-breaking"]}
        answer = who.post("/api/v1/changes", json=accepted, headers={"Idempotency-Key": uuid.uuid4().hex})
        assert answer.status_code == 201, answer.text
        if wanted["kind"] in ROLLING:
            until_ready(who, NAME)
    review = who.post("/endpoints/churn/stop").headers["location"]
    seen = re.search(r'name="seen" value="([^"]*)"', who.get(review).text)
    draft = {"draft": review.rpartition("/")[2], "seen": seen[1] if seen else ""}
    assert who.post("/changes", data=draft).status_code == 303


def asking(who: httpx.Client) -> None:
    """A chat at once and as a stream."""
    for stream in (False, True):
        asked = {"messages": [{"role": "user", "content": "2 + 2?"}], "stream": stream, "max_tokens": 5}
        answer = who.post(f"/api/v1/endpoints/{MODEL}/invocations", json=asked)
        assert answer.status_code == 200, answer.text


def looking(who: httpx.Client) -> None:
    """The pages of an endpoint, a live one and pickers."""
    tabs = ("config", "traffic", "schema", "logs", "metrics", "gateway", "permissions", "permissions/why?who=charlie")
    pages = ["", *(f"/{tab}" for tab in tabs)]
    more = ["/endpoints", "/endpoints/new?kind=custom", "/audit", "/about", "/playground", "/api/v1/audit/verify"]
    for path in [*(f"/endpoints/churn{page}" for page in pages), *more]:
        assert who.get(path).status_code in (200, 404), path


def trying(who: httpx.Client) -> None:
    """Somebody who may not: asked of the workspace as themselves, and refused."""
    assert make(who, change("tags.update", "churn", add={"a": "b"})).status_code in (403, 404)
    assert who.get("/endpoints").status_code == 200


JOURNEYS = {"bob": [changing, asking, looking], "alice": [looking, asking], "charlie": [trying]}


def test_what_a_person_causes_is_asked_for_as_that_person(front: FrontDoor, emulator: Emulator) -> None:
    seen_looking = False
    for person, journeys in JOURNEYS.items():
        httpx.delete(f"{emulator.url}/_emulator/requests", timeout=10)
        with client(front, person) as who:
            for journey in journeys:
                journey(who)
        log = log_of(emulator)
        other = {f"{row['method']} {row['path']}" for row in log if row["user"] != f"{person}@example.com"}
        assert {row["user"] for row in log} <= {f"{person}@example.com", "portal-app", None}
        assert [one for one in sorted(other) if not BACKGROUND.fullmatch(one)] == [], person
        assert len(other) < len(log)
        seen_looking = seen_looking or any(row["user"] == "portal-app" for row in log)
    assert seen_looking
