"""What a running portal holds: it shares 6 GB with nobody, but a leak at start would show here first."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.servers import ROOT, Portal

if TYPE_CHECKING:
    from web.emulator.server import Emulator

MOST_MB = 150
# As many threads as a portal has, each taking memory at once; then glibc tells how many arenas there are.
CROWD = """
import ctypes, threading
from web.allocator import keep_small
assert keep_small()
all_here = threading.Barrier(96)
def work():
    all_here.wait()
    kept = [bytes(1000) for _ in range(200)]
    all_here.wait()
crowd = [threading.Thread(target=work) for _ in range(96)]
for one in crowd: one.start()
for one in crowd: one.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""
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


def test_many_threads_share_two_arenas_of_memory() -> None:
    told = subprocess.run([sys.executable, "-c", CROWD], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert 1 <= told.count("<heap nr=") <= 2
