"""Invocations: one POST, its answer passed on chunk by chunk as it comes (reference §3.7, §4.6; performance §2)."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

from web.errors import PortalError, Unavailable
from web.workspace import names
from web.workspace.client import Workspace
from web.workspace.errors import error_from
from web.workspace.wire import Lost, Reply, Unreachable, Wire

if TYPE_CHECKING:
    from web.workspace.proxied import Proxied, ProxiedReply

LONGEST_ERROR = 256 * 1024
WORTH_TELLING = ("finishReason", "input_guardrail", "output_guardrail", "usage", "stack_trace")
"""Of §3.5: what a guardrail found, and where a custom model failed."""
SENT_ON = frozenset({"accept", "content-type"})
NOT_PASSED_ON = frozenset(
    {"connection", "content-encoding", "content-length", "date", "keep-alive", "server", "set-cookie"}
    | {"strict-transport-security", "transfer-encoding", "upgrade", "www-authenticate"}
)


def invocations_path(name: str, entity: str | None = None) -> str:
    """The path of an endpoint, or of one served entity past the traffic split. Raises NotFound for odd names."""
    path = f"/serving-endpoints/{quote(names.endpoint_name(name), safe='')}"
    if entity is not None:
        path += f"/served-models/{quote(names.served_entity(entity), safe='')}"
    return f"{path}/invocations"


class Answer:
    """An answer that has begun: status 2xx, `headers` worth passing on, the body still on its way.

    Use it with `async with`, or close it: closing closes the connection to the model at once.
    """

    def __init__(self, reply: "Reply | ProxiedReply") -> None:
        self._reply = reply
        self.status = reply.status
        self.headers = {k: v for k, v in reply.headers.items() if k.lower() not in NOT_PASSED_ON}
        self.content_type = reply.content_type

    async def take(self) -> bytes:
        """What has come since the last time, waited for; empty at the end. Raises Unavailable when it breaks off or
        takes too long."""
        try:
            return await self._reply.take()
        except TimeoutError as error:
            raise _timed_out() from error
        except Lost as error:
            raise Unavailable("The answer broke off before its end.", code="STREAM_BROKEN") from error

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives, never gathered. Raises as `take`."""
        try:
            while data := await self.take():
                yield data
        finally:
            self.close()

    def close(self) -> None:
        """Hang up. A connection whose answer was read to its end has already gone back to the pool."""
        self._reply.close()

    async def __aenter__(self) -> "Answer":
        return self

    async def __aexit__(self, *exc: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


class Invoker:
    """One HTTP client per process, made in the loop that first asks. `timeout_s`: longest an invocation may run."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._wires: dict[str, Wire | Proxied] = {}

    async def open(
        self,
        ws: Workspace,
        name: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        entity: str | None = None,
    ) -> Answer:
        """POST `body` to the endpoint, or to one of its entities, exactly once, as the caller of `ws`.

        Only Accept and Content-Type of `headers` are sent on. Raises the refusal as a PortalError, Unavailable when the
        model could not be reached (502-504) or did not begin to answer in time.
        """
        path = invocations_path(name, entity)
        identity = dict(ws.headers()) if ws.at_hand else await asyncio.to_thread(lambda: dict(ws.headers()))
        reply = await self._post(ws, path, body, {**_sent_on(headers or {}), **identity})
        if 200 <= reply.status < 300:
            return Answer(reply)
        raise await _refusal(reply)

    async def _post(self, ws: Workspace, path: str, body: bytes, headers: dict[str, str]) -> "Reply | ProxiedReply":
        headers["User-Agent"] = str(ws.transport.session.headers["User-Agent"])
        try:
            return await self._wire(ws.host).post(ws.host, path, body, headers)
        except Unreachable as error:
            raise Unavailable("The workspace could not be reached.", hint="Nothing was sent. Try again.") from error
        except TimeoutError as error:
            raise _timed_out() from error
        except Lost as error:
            raise Unavailable(
                "The connection was lost before the model answered.",
                status=502,
                code="NO_ANSWER",
                hint="The model may have seen the request; it was not sent again.",
            ) from error

    def _wire(self, host: str) -> "Wire | Proxied":
        if host not in self._wires:
            self._wires[host] = _proxied(self._timeout_s) if behind_proxy(host) else Wire(self._timeout_s)
        return self._wires[host]

    async def close(self) -> None:
        """Close every connection that is not in use; a later `open` starts anew."""
        for wire in self._wires.values():
            await wire.close()
        self._wires.clear()


def behind_proxy(host: str) -> bool:
    """Whether the environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY) names a proxy for `https://name[:port]`."""
    where = urlsplit(host)
    return bool(getproxies().get(where.scheme)) and not proxy_bypass(where.hostname or "")


def _proxied(timeout_s: float) -> "Proxied":
    from web.workspace.proxied import Proxied  # brings aiohttp with it

    return Proxied(timeout_s)


def _sent_on(headers: Mapping[str, str]) -> dict[str, str]:
    chosen = {k.title(): v for k, v in headers.items() if k.lower() in SENT_ON}
    return {"Content-Type": "application/json", "Accept": "*/*", **chosen, "Accept-Encoding": "identity"}


class ModelRefusal(PortalError):
    """A refusal with more in it than a code and a message. `details`: guardrail verdicts, a model's stack trace."""

    def __init__(self, refusal: PortalError, details: dict[str, Any]) -> None:
        super().__init__(refusal.message, status=refusal.status, code=refusal.code, hint=refusal.hint)
        self.command, self.request_id, self.details = refusal.command, refusal.request_id, details


def _with_details(refusal: PortalError, body: bytes) -> PortalError:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return refusal
    details = {key: data[key] for key in WORTH_TELLING if key in data} if isinstance(data, dict) else {}
    return ModelRefusal(refusal, details) if details else refusal


async def _refusal(reply: "Reply | ProxiedReply") -> PortalError:
    body = b""
    try:
        while len(body) <= LONGEST_ERROR and (data := await reply.take()):
            body += data
        return _with_details(error_from(reply.status, body[:LONGEST_ERROR], reply.headers), body)
    except (Lost, TimeoutError):
        return error_from(reply.status, b"", reply.headers)
    finally:
        reply.close()


def _timed_out() -> Unavailable:
    return Unavailable(
        "The model took longer than an invocation may run.",
        status=504,
        code="DEADLINE_EXCEEDED",
        hint="A cold start can be the reason: try again in a moment.",
    )
