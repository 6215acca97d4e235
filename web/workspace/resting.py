"""While a request waits for the workspace it computes nothing: whoever shares out the computing may let another go on.

What is above sets `RESTS` for a request; this package says when it waits.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

from web.hurry import unhurried

RESTS: ContextVar[Callable[[], AbstractContextManager[None]]] = ContextVar("rests", default=nullcontext)
"""Makes the context of a wait; does nothing outside a request."""


@contextmanager
def resting() -> Iterator[None]:
    """Around a wait for somebody else."""
    unhurried()
    with RESTS.get()():
        yield
