"""The end of the process: for a second it says that it is going and takes no new change, then it lets requests end,
and tells streams that they end.

It also ends by itself when the portal behind its open port could not be loaded.
"""

import asyncio
import socket
import threading
from types import FrameType

import uvicorn

from web.doorway import Doorway
from web.limits import DRAINING

SAY_FOR_S = 1.0
STREAMS_S = 3.0
REQUESTS_S = 5  # with 6 s for the last copy of the history: inside the platform's 15 s


class Server(uvicorn.Server):
    """uvicorn, with a moment between the signal and the closed port in which /readyz answers 503."""

    def __init__(self, config: uvicorn.Config, doorway: Doorway) -> None:
        super().__init__(config)
        self.doorway = doorway

    async def on_tick(self, counter: int) -> bool:
        """Whether to end."""
        return await super().on_tick(counter) or self.doorway.failed

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Streams may run for STREAMS_S more, everything else for REQUESTS_S."""
        ending = asyncio.get_running_loop().call_later(STREAMS_S, _end_streams)
        await super().shutdown(sockets)
        ending.cancel()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal drains; another one ends at once."""
        if DRAINING.is_set():
            super().handle_exit(sig, frame)
            return
        DRAINING.set()
        waiting = threading.Timer(SAY_FOR_S, super().handle_exit, (sig, frame))
        waiting.daemon = True
        waiting.start()


def _end_streams() -> None:
    from web.features.api.relay import Relay  # loaded long ago, unlike when the port opens

    Relay.stop_all()
