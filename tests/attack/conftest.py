"""A window that is watched for what hostile texts would do."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.attack.traces import Traces


@pytest.fixture
def traces(bob_page: Page) -> Iterator[Traces]:
    watch = Traces(bob_page)
    yield watch
    assert watch.found == []
