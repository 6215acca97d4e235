"""An endpoint of a test's own with traffic on it, and time to be measured."""

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from web.emulator.server import Emulator

BOB = {"Authorization": "Bearer dapi-bob"}
ENTITY = {
    "entity_name": "main.ml.churn",
    "entity_version": "3",
    "workload_size": "Small",
    "scale_to_zero_enabled": False,
}
GOOD = {"dataframe_records": [{"age": 41, "tenure_months": 18, "monthly_charges": 79.5, "contract": "month-to-month"}]}


def create(emulator: "Emulator", endpoint: str, entity: str = "churn-3") -> None:
    """Bob makes an endpoint; it is ready when this returns."""
    config = {"served_entities": [{"name": entity, **ENTITY}]}
    made = httpx.post(
        f"{emulator.url}/api/2.0/serving-endpoints", headers=BOB, json={"name": endpoint, "config": config}
    )
    made.raise_for_status()
    pass_time(emulator, 1800)


def traffic(emulator: "Emulator", endpoint: str, good: int = 0, bad: int = 0) -> None:
    """Requests that succeed, and requests that are refused for their input; then the minute is over."""
    now = emulator.world.clock.now_ms()
    pass_time(emulator, 61 - now / 1000 % 60)
    url = f"{emulator.url}/serving-endpoints/{endpoint}/invocations"
    for body in [GOOD] * good + [{"nonsense": 1}] * bad:
        httpx.post(url, headers=BOB, json=body)
    pass_time(emulator, 60)


def pass_time(emulator: "Emulator", seconds: float) -> None:
    """Let time pass in the workspace."""
    httpx.post(f"{emulator.url}/_emulator/clock", json={"advance_s": seconds}).raise_for_status()
