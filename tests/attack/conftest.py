"""A window that is watched for what hostile texts would do."""

from collections.abc import Iterator

import pytest

from tests.attack.traces import Traces
from tests.browser.fixtures import MOVING, OpenPage


@pytest.fixture
def traces(open_page: OpenPage) -> Iterator[Traces]:
    watch = Traces(open_page("bob", **MOVING))
    yield watch
    assert watch.found == []
