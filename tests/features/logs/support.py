"""Logs of the embedded workspace for tests."""

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from web.emulator.server import Emulator

LOG = "/api/2.0/serving-endpoints/{endpoint}/served-models/{entity}/{which}"


def says(
    emulator: "Emulator", endpoint: str, entity: str, text: str, which: str = "build-logs", times: int = 50
) -> None:
    """Let the workspace answer with this log from now on."""
    path = LOG.format(endpoint=endpoint, entity=entity, which=which)
    order = {"match": {"method": "GET", "path": path}, "fault": "status", "status": 200, "times": times}
    httpx.delete(f"{emulator.url}/_emulator/faults").raise_for_status()
    httpx.post(f"{emulator.url}/_emulator/faults", json=[{**order, "body": {"logs": text}}]).raise_for_status()
