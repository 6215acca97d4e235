"""Where the portal shows what others wrote: answers of the workspace with a payload in every free text of theirs."""

import copy
import time
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from web.emulator.server import Emulator

FREE = frozenset(
    {
        "description", "creator", "creator_display_name", "key", "value", "display_name", "user_name", "group_name",
        "entity_name", "deployment_state_message", "message", "comment", "title", "catalog_name", "schema_name",
        "table_name_prefix", "TOKEN", "workload_type", "workload_size", "model_name", "enum", "examples", "default",
    }
)  # fmt: skip
"""Keys under which a text is somebody's own words, or could be with a workspace that is not what it seems."""
API = "/api/2.0/serving-endpoints/churn"
PERMISSIONS = "/api/2.0/permissions/serving-endpoints/*"


class Poison:
    """Hands out the payloads one after the other."""

    def __init__(self, payloads: list[str]) -> None:
        self.payloads = payloads
        self.given = 0

    def __call__(self, key: str = "", value: Any = None) -> Any:
        """`value` with every free text in it replaced."""
        if isinstance(value, dict):
            return {name: self(name, inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self(key, inner) for inner in value]
        return self.next() if isinstance(value, str) and key in FREE else value

    def next(self) -> str:
        """The next payload."""
        self.given += 1
        return self.payloads[(self.given - 1) % len(self.payloads)]


def real(emulator: "Emulator", path: str) -> Any:
    """What the workspace says to bob."""
    return httpx.get(f"{emulator.url}{path}", headers={"Authorization": "Bearer dapi-bob"}).json()


def poison(emulator: "Emulator", payloads: list[str]) -> None:
    """From now on the workspace says these texts wherever one of its answers has a free text."""
    give = Poison(payloads)
    endpoint = real(emulator, API)
    hostile = give("", copy.deepcopy(endpoint))
    hostile["tags"] = [{"key": one, "value": one} for one in payloads]
    hostile["state"]["config_update"] = "UPDATE_FAILED"
    hostile["last_updated_timestamp"] = time.time_ns() // 10**6  # or what is kept of its document would do
    hostile["description"] = "\n".join(payloads)
    schema = give("", real(emulator, f"{API}/openapi"))
    acl = real(emulator, PERMISSIONS.replace("*", endpoint["id"]))
    grant = [{"permission_level": "CAN_QUERY", "inherited": False}]
    acl["access_control_list"] += [
        {"user_name": one, "display_name": one, "all_permissions": grant} for one in payloads
    ]
    logs = {"logs": "\n".join(payloads)}
    answers = {
        API: hostile,
        "/api/2.0/serving-endpoints": {"endpoints": [{**hostile, "name": "churn"}]},
        f"{API}/openapi": schema,
        PERMISSIONS: acl,
        f"{API}/served-models/*/logs": logs,
        f"{API}/served-models/*/build-logs": logs,
    }
    orders = [
        {"match": {"method": "GET", "path": path}, "fault": "status", "status": 200, "body": body}
        for path, body in answers.items()
    ]
    httpx.post(f"{emulator.url}/_emulator/faults", json=orders).raise_for_status()
