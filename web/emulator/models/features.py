"""Feature specs: rows of keys in, the same rows with looked-up and computed features out."""

from __future__ import annotations

from typing import Any

from web.emulator.models import frames
from web.emulator.models.base import Context, Model, Payload
from web.emulator.models.tabular import weight


class FeatureSpecModel(Model):
    """Serves features of any key: their values depend on the key alone, as if read from an online table."""

    async def answer(self, payload: Payload, ctx: Context) -> Payload:
        """`{"outputs": [...]}`, one entry per row. Raises InputError when the payload is no table."""
        return {"outputs": [{**row, **features(row)} for row in frames.rows(payload)]}


def features(row: dict[str, Any]) -> dict[str, float]:
    """The features of one key: purchases in 30 days, their average value, and days since the last visit."""
    key = "/".join(f"{name}={value}" for name, value in sorted(row.items()))
    purchases = round(abs(weight(f"purchases {key}")) * 20)
    value = round(20 + abs(weight(f"value {key}")) * 180, 2)
    return {
        "purchases_30d": purchases,
        "average_value": value,
        "days_since_visit": round(abs(weight(f"visit {key}")) * 60),
    }
