"""Runs the front door in a thread with an event loop of its own: for the demo and for tests."""

import asyncio
import threading

from aiohttp import web

from web.emulator.front_door.pages import Pages
from web.emulator.front_door.people import PEOPLE
from web.emulator.front_door.proxy import CUT_AFTER_S, Proxy
from web.emulator.front_door.sessions import COOKIE, Sessions

__all__ = ["COOKIE", "FrontDoor"]


class FrontDoor:
    """`FrontDoor(portal="http://127.0.0.1:8002", workspace="http://127.0.0.1:8001", port=8000).start()`; port 0 takes a
    free one. `url` is where a person goes. Raises OSError from `start` when the port is taken."""

    def __init__(
        self,
        portal: str,
        workspace: str = "",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        cut_after_s: float = CUT_AFTER_S,
    ) -> None:
        self.portal, self.workspace, self.host, self.port = portal, workspace, host, port
        self.sessions = Sessions()
        self._cut_after_s = cut_after_s
        self._loop = asyncio.new_event_loop()
        self._runner: web.AppRunner | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="front-door", daemon=True)

    @property
    def url(self) -> str:
        """Base URL, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    def start(self) -> "FrontDoor":
        """Listens when it returns."""
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(30)
        except BaseException:
            self._end_loop()
            raise
        return self

    def stop(self) -> None:
        """Closes every connection; returns when the port is free again."""
        if self._runner is not None:
            asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(30)
            self._runner = None
            self._end_loop()

    def sign_in(self, person: str) -> str:
        """The cookie value of a new session of alice, bob or charlie, as if they had used the page."""
        return self.sessions.open(PEOPLE[person])

    async def _listen(self) -> None:
        self._runner = web.AppRunner(
            self._application(), handler_cancellation=True, access_log=None, shutdown_timeout=1
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            self._runner = None
            raise
        self.port = self._runner.addresses[0][1]

    def _application(self) -> web.Application:
        proxy = Proxy(self.portal, self.workspace, self.sessions, self._cut_after_s)
        application = web.Application()
        application.add_routes([*Pages(self.sessions).routes(), web.route("*", "/{path:.*}", proxy.handle)])
        application.cleanup_ctx.append(proxy.open)
        return application

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()
