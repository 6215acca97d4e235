"""One slow endpoint leaves places for the others of its family."""

from contextlib import ExitStack

import pytest

from web.errors import Unavailable
from web.workspace.bulkheads import OF_ONE, PLACES, Bulkheads

API = "/api/2.0/serving-endpoints"


def test_a_hanging_endpoint_leaves_places_for_the_others_and_gives_its_own_back() -> None:
    heads = Bulkheads(wait_s=0.01)
    with ExitStack() as held:
        for _ in range(OF_ONE):
            held.enter_context(heads.place(f"{API}/slow/metrics"))
        with pytest.raises(Unavailable), heads.place(f"{API}/slow"):
            pass
        for name in range(PLACES - OF_ONE):
            held.enter_context(heads.place(f"{API}/other-{name}"))
        with pytest.raises(Unavailable), heads.place(API):
            pass
        with heads.place("/api/2.1/unity-catalog/models"):
            pass
    with heads.place(f"{API}/slow"):
        pass
