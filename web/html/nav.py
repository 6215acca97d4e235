"""Navigation as data: slices expose `NavEntry`s, the app keeps them in `app.state.navigation`, the layout draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the left navigation. `icon` is a bootstrap-icons name; `group` a heading, or empty for the top."""

    label: str
    url: str
    icon: str
    order: int = 50
    group: str = ""

    def is_current(self, path: str) -> bool:
        """Whether `path` (of a request) lies under this entry."""
        return path == self.url or path.startswith(self.url.rstrip("/") + "/")


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry as the layout needs it."""

    label: str
    url: str
    icon: str
    group: str
    current: bool


def navigation(request: Request) -> tuple[NavItem, ...]:
    """The entries of this app in order, the current one marked. Only the longest match is current."""
    entries: Sequence[NavEntry] = getattr(request.app.state, "navigation", ())
    path = str(request.scope["path"])
    matches = [entry for entry in entries if entry.is_current(path)]
    return _items(tuple(entries), max(matches, key=lambda entry: len(entry.url), default=None))


@lru_cache(maxsize=64)
def _items(entries: tuple[NavEntry, ...], current: NavEntry | None) -> tuple[NavItem, ...]:
    ordered = sorted(entries, key=lambda entry: (entry.group, entry.order, entry.label))
    return tuple(NavItem(entry.label, entry.url, entry.icon, entry.group, entry is current) for entry in ordered)
