"""`make demo` once everything is set up: three servers start, a person signs in, Ctrl-C ends all of it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers import ROOT, answers, bare_environment, free_port

Ports = dict[str, str]


@pytest.fixture
def ports() -> Ports:
    """Three free ports, by the variable that names them."""
    return {name: str(free_port()) for name in ("PORT", "PORTAL_PORT", "WORKSPACE_PORT")}


class Demo:
    """`python -m web demo` in a folder of its own."""

    def __init__(self, folder: Path, ports: Ports, **options: str) -> None:
        self.url = f"http://127.0.0.1:{ports['PORT']}"
        self.output = folder / "output.txt"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "web", "demo"],
                cwd=folder,
                env={**bare_environment(), **ports, **options, "PYTHONPATH": str(ROOT)},
                stdout=output,
                stderr=output,
            )

    def until_open(self) -> "Demo":
        """Returns when a person can sign in and has been told where."""
        deadline = time.monotonic() + 90
        while self.url not in self.output.read_text() or not answers(f"{self.url}/.auth/sign-in"):
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.1)
        return self


@pytest.fixture
def demo(tmp_path: Path, ports: Ports) -> Iterator[Demo]:
    """A running demo; ended, if the test has not done it."""
    running = Demo(tmp_path, ports).until_open()
    yield running
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(40)


def listening(port: str) -> bool:
    """Whether anybody answers there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def test_a_newcomer_signs_in_and_sees_the_workspace(demo: Demo, ports: Ports) -> None:
    said = demo.output.read_text()
    assert demo.url in said
    with httpx.Client(base_url=demo.url, follow_redirects=True, timeout=30, trust_env=False) as person:
        assert "Choose who you are" in person.get("/").text
        page = person.post("/.auth/sign-in", data={"person": "bob", "next": "/"})
        assert page.status_code == 200
        assert page.url.path == "/endpoints"
        assert "bob@example.com" in page.text
        listed = person.get("/api/v1/endpoints").json()["endpoints"]
    assert len(listed) > 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_a_polite_kill_end_all_three(demo: Demo, ports: Ports, number: signal.Signals) -> None:
    assert all(listening(port) for port in ports.values())
    demo.process.send_signal(number)
    assert demo.process.wait(40) == 0
    assert not any(listening(port) for port in ports.values())


def test_a_server_that_dies_is_told_and_ends_the_demo(demo: Demo, ports: Ports) -> None:
    portal = int((demo.output.parent / ".demo" / "portal.pid").read_text())
    os.kill(portal, signal.SIGKILL)
    assert demo.process.wait(40) == 1
    assert "The portal ended by itself (exit code -9)" in demo.output.read_text()
    assert not any(listening(port) for port in ports.values())


@pytest.mark.parametrize("taken", ["PORT", "PORTAL_PORT", "WORKSPACE_PORT"])
def test_a_port_in_use_is_named_with_the_way_out(tmp_path: Path, ports: Ports, taken: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(ports[taken])))
        other.listen()
        demo = Demo(tmp_path, ports)
        assert demo.process.wait(30) == 1
    assert f"Port {ports[taken]} cannot be had" in demo.output.read_text()
    assert f"make demo {taken}=" in demo.output.read_text()


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "http"), ("PORT", "0"), ("WORKSPACE_PORT", "70000"), ("SPEED", "fast"), ("SPEED", "-1")],
)
def test_a_bad_option_is_named(tmp_path: Path, ports: Ports, name: str, value: str) -> None:
    demo = Demo(tmp_path, {**ports, name: value})
    assert demo.process.wait(30) == 1
    assert f"{name}={value} is not a" in demo.output.read_text()


def test_reset_forgets_what_was_kept(tmp_path: Path, ports: Ports) -> None:
    kept = tmp_path / ".demo" / "old.txt"
    kept.parent.mkdir()
    kept.write_text("from last time")
    demo = Demo(tmp_path, ports, RESET="1").until_open()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(40) == 0
    assert not kept.exists()
