"""The server: the ASGI application, and `Emulator`, which runs it in a thread for tests and benchmarks."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from web.emulator.api import Api
from web.emulator.faults import TRANSPORT
from web.emulator.world import World

START_TIMEOUT_S = 10


class Protocol(HttpToolsProtocol):
    """Uvicorn's HTTP protocol that lets a fault reach the connection itself."""

    def on_message_begin(self) -> None:
        """Put the connection's transport into the scope of the request that begins."""
        super().on_message_begin()
        scope: dict[str, object] = self.scope  # type: ignore[assignment]
        scope[TRANSPORT] = self.transport


def create_app(world: World) -> Starlette:
    """The ASGI application of one workspace."""
    return Starlette(routes=[Mount("/", app=Api(world))])


def make_server(world: World, host: str, port: int) -> uvicorn.Server:
    """A configured uvicorn server, not started. Access is in the world's request log, not on the console."""
    config = uvicorn.Config(
        create_app(world), host=host, port=port, http=Protocol, ws="none", lifespan="off", log_level="warning",
        access_log=False, timeout_keep_alive=60, timeout_graceful_shutdown=2,
    )  # fmt: skip
    return uvicorn.Server(config)


class Emulator:
    """A workspace on a free port of 127.0.0.1, in a thread: `with Emulator(seed="empty") as emulator: emulator.url`."""

    def __init__(self, seed: str = "demo", speed: float = 20.0, port: int = 0) -> None:
        self.world = World(seed, speed)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))
        self.port = int(self.socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.world.url = self.url
        self.server = make_server(self.world, "127.0.0.1", self.port)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)

    def start(self) -> Emulator:
        """Start answering. Raises RuntimeError when that takes more than 10 s."""
        self.thread.start()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.server.started:
            if time.monotonic() > deadline or not self.thread.is_alive():
                raise RuntimeError("the embedded workspace did not start")
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        """Stop answering and end the thread."""
        self.server.should_exit = True
        self.thread.join(START_TIMEOUT_S)
        with contextlib.suppress(OSError):
            self.socket.close()

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
