"""What can be answered from memory is answered in the server's loop: the hop into a thread is a fifth of such a page.

Whatever waits (for the workspace, for the history) or computes for long says `unhurried()` first. In a hurry that ends
the attempt, and the answer is made in a thread from its beginning: only what reads may be tried.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
_HURRY: ContextVar[bool] = ContextVar("hurry", default=False)


class Later(BaseException):
    """It takes longer. No Exception: nothing on the way may take it for a failure and go on."""


def unhurried() -> None:
    """Said before what takes its time. Raises Later in a hurry."""
    if _HURRY.get():
        raise Later


def at_once(make: Callable[[], T]) -> T | None:
    """What `make` answers, or None when that takes longer."""
    before = _HURRY.set(True)
    try:
        return make()
    except Later:
        return None
    finally:
        _HURRY.reset(before)
