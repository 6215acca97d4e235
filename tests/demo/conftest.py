"""The front door before an app that says what reached it."""

from collections.abc import Iterator

import pytest

from tests.demo.echo_app import EchoApp
from web.emulator.front_door import FrontDoor


@pytest.fixture
def echo() -> Iterator[EchoApp]:
    """The app behind the door."""
    with EchoApp() as app:
        yield app


@pytest.fixture
def echo_door(echo: EchoApp) -> Iterator[FrontDoor]:
    """A front door whose portal is the echo app and which knows no workspace."""
    door = FrontDoor(echo.url).start()
    yield door
    door.stop()
