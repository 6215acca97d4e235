"""The price table a team may configure: JSON `{"currency": "USD", "endpoints": {…}, "models": {…}}`.

A price is `{"input": 0.5, "output": 1.5}` per million tokens, by endpoint name or by the model's name.
"""

import json
import logging
from pathlib import Path
from typing import Any

log = logging.getLogger("portal.prices")


def load(path: Path | None) -> dict[str, Any]:
    """The table; empty without a path, and, with a line in the log, when the file cannot be read."""
    if path is None:
        return {}
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        log.warning("the price table cannot be read: %s", error)
        return {}
    return table if isinstance(table, dict) else {}


def price_of(table: dict[str, Any], endpoint: str, model: str) -> dict[str, Any] | None:
    """`{"input", "output", "currency"}` per million tokens, or None where nothing is configured."""
    for section, name in (("endpoints", endpoint), ("models", model)):
        entry = (table.get(section) or {}).get(name)
        if isinstance(entry, dict) and all(isinstance(entry.get(key), int | float) for key in ("input", "output")):
            return {"input": entry["input"], "output": entry["output"], "currency": str(table.get("currency") or "USD")}
    return None
