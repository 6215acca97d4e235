"""What every page shows about the request itself: which workspace, who asks, in which mode."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from starlette.requests import Request

Tone = Literal["info", "success", "warning", "danger"]


@dataclass(frozen=True, slots=True)
class Banner:
    """A message that stays on top of every page, such as "History will not last"."""

    tone: Tone
    text: str
    link: str = ""
    link_text: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame around a page. The identity layer puts one in `request.state.shell`.

    `host` is the workspace host without scheme; `mode` is "Databricks App", "local profile NAME" or "environment
    token"; `switch_url` leads to the place where another profile can be picked, empty where that is impossible;
    `queued` names the endpoints on which this person has a queued change, and is no part of what shells are compared
    by; `may_change` is False for viewers.
    """

    host: str
    person_name: str
    person_email: str
    mode: str
    audit_durable: bool = True
    banners: tuple[Banner, ...] = ()
    cloud: str = ""
    workspace_id: str = ""
    switch_url: str = ""
    queued: Callable[[], tuple[str, ...]] = field(default=tuple, compare=False)
    may_change: bool = True

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        words = [word for word in self.person_name.replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
        return "".join(word[0] for word in words[:2]).upper() or "?"

    @property
    def notices(self) -> tuple[Banner, ...]:
        """The banners to show, including the one about a history that is lost on restart."""
        if self.audit_durable:
            return self.banners
        text = "History is lost when the app restarts. Set up a database or a volume to keep it."
        return (*self.banners, Banner("warning", text))


def shell_of(request: Request) -> Shell | None:
    """The shell of this request, or None on pages shown before anyone is known (connect, some errors)."""
    shell = getattr(request.state, "shell", None)
    return shell if isinstance(shell, Shell) else None
