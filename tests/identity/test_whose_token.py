"""Everything a person looks at is read with their own token, and every page of every kind of endpoint is answered."""

import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.audit.test_vault import until_ready
from tests.identity.routes import all_routes
from tests.servers import Portal
from web.emulator.server import Emulator

VOLUME = "/Volumes/main/ops/portal"
APP_ITSELF = ("/api/2.0/fs/", "/oidc/")
"""What the app's own principal is for while nothing is unknown and nothing pinned: the copy of the history."""
ANSWERS = {200, 303, 307, 403, 404, 422}
ONE_OF_EACH = ("churn", "company-gpt", "support-agent", "invoice-ocr", "databricks-gpt-oss-120b", "llama-8b-throughput")


def headers(person: str) -> dict[str, str]:
    return {
        "X-Forwarded-Access-Token": f"dapi-{person}",
        "X-Forwarded-Email": f"{person}@example.com",
        "Idempotency-Key": uuid.uuid4().hex,
    }


def log_of(emulator: Emulator) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = httpx.get(f"{emulator.url}/_emulator/requests", timeout=10).json()["requests"]
    return rows


def tagged(portal: Portal, name: str) -> str:
    """The id of a change that bob makes, so that there is a past to look at."""
    body = {"change": {"kind": "tags.update", "endpoint": name, "body": {"add": {"looked": "at"}}}}
    answer = httpx.post(f"{portal.url}/api/v1/changes", json=body, headers=headers("bob"), timeout=20)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["operation"]["id"])


def addresses(folder: Path, names: list[str], ids: dict[str, str]) -> list[str]:
    """Every GET address for each of these endpoints; `ids` fill the other holes of a pattern."""
    patterns = [path for method, path in all_routes(folder) if method == "GET" and not path.startswith("/patterns")]
    filled = [re.sub(r"\{(\w+)\}", lambda hole: ids.get(hole[1], "{name}"), path) for path in patterns]
    ends = {"/compare": f"?a={ids['op_id']}&b=live", "/restore": f"?version={ids['op_id']}", "/why": "?who=charlie"}
    asked = [path + next((more for end, more in ends.items() if path.endswith(end)), "") for path in filled]
    return [path.replace("{name}", name) for path in asked for name in (names if "{name}" in path else names[:1])]


def look(client: httpx.Client, path: str) -> str:
    """What is wrong with the answer to one look, '' when nothing is."""
    answer = client.get(path)
    refused = answer.status_code == 400 and path.startswith("/api/")
    if answer.status_code not in ANSWERS and not refused:
        return f"{answer.status_code} {path}"
    headings = len(re.findall(r"<h1\b", answer.text))
    return f"{headings} headings: {path}" if "<html" in answer.text and headings != 1 else ""


def test_every_look_is_made_with_the_token_of_who_looks(
    start_portal: Callable[..., Portal], emulator: Emulator, tmp_path: Path
) -> None:
    portal = until_ready(start_portal(PORTAL_AUDIT_VOLUME=VOLUME))
    ids = {"op_id": tagged(portal, "churn"), "draft_id": "0" * 8, "entity": "churn-3"}
    paths = addresses(tmp_path, list(ONE_OF_EACH), ids)
    assert len(paths) > 200
    httpx.delete(f"{emulator.url}/_emulator/requests", timeout=10)
    with httpx.Client(base_url=portal.url, headers=headers("bob"), timeout=30) as bob:
        wrong = [said for path in paths if (said := look(bob, path))]
    assert wrong == []
    log = log_of(emulator)
    others = {(row["user"], row["method"], row["path"]) for row in log if row["user"] != "bob@example.com"}
    assert {user for user, _, _ in others} <= {"portal-app", None}
    assert [one for one in others if not one[2].startswith(APP_ITSELF)] == []
    assert [row for row in log if row["method"] != "GET" and not row["path"].startswith(APP_ITSELF)] == []


@pytest.mark.parametrize("person", ["alice", "bob", "charlie"])
def test_every_page_of_every_endpoint_is_answered(
    portal: Portal, emulator: Emulator, tmp_path: Path, person: str
) -> None:
    """Alice and charlie look at what bob does not see, or at what they see otherwise than bob."""
    url = f"{emulator.url}/api/2.0/serving-endpoints"
    seen = {
        who: [
            one["name"] for one in httpx.get(url, headers={"Authorization": f"Bearer dapi-{who}"}).json()["endpoints"]
        ]
        for who in ("alice", "bob", "charlie")
    }
    names = {
        "bob": [name for name in seen["alice"] if name not in ONE_OF_EACH],
        "alice": [*set(seen["alice"]) - set(seen["bob"]), "recommender"],
        "charlie": ["wine-quality", "databricks-gte-large-en", "credit-risk"],
    }[person]
    ids = {"op_id": "0" * 8, "draft_id": "0" * 8, "entity": "x"}
    pages = [path for path in addresses(tmp_path, names, ids) if path.startswith("/endpoints/") and "/new" not in path]
    with httpx.Client(base_url=portal.url, headers=headers(person), timeout=30) as client:
        wrong = [said for path in pages if (said := look(client, path))]
        found = {name: client.get(f"/endpoints/{name}").status_code for name in names}
    assert wrong == []
    assert found == {name: 200 if name in seen[person] else 404 for name in names}
