"""The end of the process: for a second it says that it is going and takes no new change, then it lets requests end."""

import threading
from types import FrameType

import uvicorn

from web.services import DRAINING

SAY_FOR_S = 1.0
REQUESTS_S = 5  # with 6 s for the last copy of the history: inside the platform's 15 s


class Server(uvicorn.Server):
    """uvicorn, with a moment between the signal and the closed port in which /readyz answers 503."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal drains; another one ends at once."""
        if DRAINING.is_set():
            super().handle_exit(sig, frame)
            return
        DRAINING.set()
        waiting = threading.Timer(SAY_FOR_S, super().handle_exit, (sig, frame))
        waiting.daemon = True
        waiting.start()
