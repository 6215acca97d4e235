"""Models speak at once here, unless a prompt asks for a pace."""

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from web.emulator.server import Emulator


@pytest.fixture(autouse=True)
def quick(emulator: "Emulator") -> None:
    """No pause between tokens."""
    httpx.patch(f"{emulator.url}/_emulator/switches", json={"tokens_per_second": 0}).raise_for_status()
