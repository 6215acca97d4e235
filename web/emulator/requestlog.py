"""Every API request received, for tests that ask what was really sent."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 20_000


@dataclass
class Entry:
    """One request. `at` in ms; `auth` pat, oauth or none; `body_hash` sha256 of the body as sent, "" without one;
    `body`: what was sent, of config updates only; it never leaves this process."""

    at: int
    method: str
    path: str
    query: str
    user: str | None
    auth: str
    status: int | None
    body_hash: str
    request_id: str
    body: bytes = field(default=b"", repr=False)


class RequestLog:
    """The last requests, oldest first; older ones fall out."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=KEPT)

    def add(self, entry: Entry) -> Entry:
        """Remember a request; its status is filled in when it was answered."""
        self.entries.append(entry)
        return entry

    def as_json(self) -> list[dict[str, Any]]:
        """All entries as JSON."""
        shown = (asdict(entry) for entry in self.entries)
        return [{name: value for name, value in entry.items() if name != "body"} for entry in shown]
