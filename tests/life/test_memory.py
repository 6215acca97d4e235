"""What a running portal holds: it shares 6 GB with nobody, but a leak at start would show here first."""

from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.servers import Portal

if TYPE_CHECKING:
    from web.emulator.server import Emulator

MOST_MB = 150
PAGES = ("/endpoints", "/audit", "/playground", "/usage", "/help/errors")


def resident_mb(pid: int) -> float:
    """Memory in use, MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / 1000


def test_a_portal_at_rest_holds_less_than_150_mb(emulator: "Emulator", tmp_path: Path) -> None:
    one = Portal(emulator.url, tmp_path).start()
    try:
        with httpx.Client(base_url=one.url, headers={"X-Forwarded-Access-Token": "dapi-alice"}, timeout=60) as alice:
            for page in PAGES:
                assert alice.get(page).status_code == 200
        assert resident_mb(one.pid) < MOST_MB
    finally:
        one.stop()
