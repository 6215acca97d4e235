"""Finds, or gets, a Chromium that really starts. `python -m tests.browser.chromium` prints its path, or ends with 1.

Order: PORTAL_TEST_CHROMIUM, the machine's own, Debian's or Ubuntu's package when root, Playwright's download.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Start flags for a headless browser that calls nobody but the page under test."""


def find() -> str | None:
    """Path of a Chromium already on this machine that starts, or None."""
    named = os.environ.get("PORTAL_TEST_CHROMIUM")
    if named:
        return named
    return next((path for path in _candidates() if starts(path)), None)


def get() -> str | None:
    """Like `find`, but installs one when there is none."""
    return find() or _from_apt() or _from_playwright()


def starts(path: str) -> bool:
    """Whether this browser renders an empty page: a snap stub or a missing library shows here."""
    with tempfile.TemporaryDirectory() as profile:
        command = [path, "--headless", *FLAGS, f"--user-data-dir={profile}", "--dump-dom", "data:text/html,<p>up"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=90)
        except (OSError, subprocess.TimeoutExpired):
            return False
    return "<p>up" in done.stdout


def _candidates() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    yield from (path for path in MAC if Path(path).exists())
    yield from _playwright_path()


def _playwright_path() -> list[str]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return [path] if Path(path).exists() else []


def _from_apt() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        if _say(["apt-get", "-qq", *command], environment):
            return None
    return find()


def _from_playwright() -> str | None:
    with_libraries = ["--with-deps"] if sys.platform == "linux" and os.geteuid() == 0 else []
    command = [sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"]
    return None if _say(command, dict(os.environ)) else find()


def _say(command: list[str], environment: dict[str, str]) -> int:
    print("Getting a browser for the tests:", " ".join(command[:4]), file=sys.stderr)
    return subprocess.run(command, env=environment, stdout=sys.stderr, stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    found = get()
    if found is None:
        sys.exit("No Chromium could be had. Install one and name it: PORTAL_TEST_CHROMIUM=/path/to/chromium make test")
    print(found)
