"""The same as `wire` for a workspace behind a proxy of HTTP_PROXY or HTTPS_PROXY: aiohttp, loaded only there."""

from collections.abc import Mapping

import aiohttp

from web.workspace.wire import CONNECT_TIMEOUT_S, KEPT_S, Lost, Unreachable


class ProxiedReply:
    """An answer on its way, as `wire.Reply`."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status, self.headers = response.status, response.headers
        self.content_type = response.content_type

    async def take(self) -> bytes:
        """The next bytes; empty at the end. Raises Lost, TimeoutError."""
        try:
            return await self._response.content.readany()
        except aiohttp.ClientError as error:
            raise Lost(type(error).__name__) from error

    def close(self) -> None:
        """Hang up, unless the answer is whole."""
        self._response.close()


class Proxied:
    """The connections of one event loop through the environment's proxy."""

    def __init__(self, timeout_s: float) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=timeout_s, sock_connect=CONNECT_TIMEOUT_S),
            trust_env=True,
        )

    async def post(self, host: str, path: str, body: bytes, headers: Mapping[str, str]) -> ProxiedReply:
        """POST once; the answer once it has begun. Raises Unreachable, Lost, TimeoutError."""
        try:
            return ProxiedReply(
                await self._session.post(host + path, data=body, headers=headers, allow_redirects=False)
            )
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError) as error:
            raise Unreachable(type(error).__name__) from error
        except aiohttp.ClientError as error:
            raise Lost(type(error).__name__) from error

    async def close(self) -> None:
        """End all connections."""
        await self._session.close()
