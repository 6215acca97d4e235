"""HTTP to the workspace: reads with a deadline and few retries, writes exactly once.

The SDK supplies who we are (`Config.authenticate`), not how we ask: it re-sends writes, waits as long as a server's
Retry-After says and hides the status of an error (reference §4.4, §4.5).
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter

from web.errors import Unavailable
from web.workspace.bulkheads import Bulkheads
from web.workspace.resting import resting

MAX_BODY = 32 * 1024 * 1024
RETRIES = 2
RETRY_STATUSES = frozenset({429, 502, 503, 504})
CONNECT_TIMEOUT_S = 3.0

Headers = Callable[[], Mapping[str, str]]


@dataclass(frozen=True)
class Reply:
    """One answer of the workspace. `headers` are case-insensitive."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class NotSent(Exception):
    """A write did not leave this machine: the connection could not be made. Nothing happened."""


class Unanswered(Exception):
    """A write may have arrived, its reply did not. Only the workspace knows what happened."""


class Transport:
    """A pool of connections to one host, shared by all callers; holds no identity and keeps no cookie."""

    def __init__(self, host: str, user_agent: str, *, read_timeout_s: float, write_timeout_s: float) -> None:
        self.host = host.rstrip("/")
        self.read_timeout_s = read_timeout_s
        self.write_timeout_s = write_timeout_s
        self.bulkheads = Bulkheads()
        self.session = requests.Session()
        self.session.headers.update({"User-Agent": user_agent, "Accept": "application/json"})
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=64, max_retries=0)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)

    def read(
        self,
        path: str,
        headers: Headers,
        query: Mapping[str, object] | None = None,
        accept: str = "application/json",
        most: int = MAX_BODY,
    ) -> Reply:
        """GET `path`, `most` bytes. At most `read_timeout_s` in all, retries included; raises Unavailable past that."""
        with resting(), self.bulkheads.place(path):
            return self._read(path, headers, query, accept, most)

    def _read(self, path: str, headers: Headers, query: Mapping[str, object] | None, accept: str, most: int) -> Reply:
        deadline = time.monotonic() + self.read_timeout_s
        last = "no answer"
        for attempt in range(RETRIES + 1):
            try:
                reply = self._get(path, headers, query, accept, deadline, most)
            except requests.RequestException as error:
                last = type(error).__name__
                if isinstance(error, requests.Timeout) or not _pause(attempt, None, deadline):
                    break
                continue
            if reply.status not in RETRY_STATUSES or not _pause(attempt, reply.headers.get("Retry-After"), deadline):
                return reply
        raise Unavailable(
            "The workspace did not answer in time.",
            hint=f"Tried for up to {self.read_timeout_s:g} s ({last}). Try again.",
        )

    def _get(
        self,
        path: str,
        headers: Headers,
        query: Mapping[str, object] | None,
        accept: str,
        deadline: float,
        most: int,
    ) -> Reply:
        left = max(0.1, deadline - time.monotonic())
        response = self.session.get(
            self.host + path,
            params=_clean(query),
            headers={"Accept": accept},
            auth=_auth(headers),
            stream=True,
            timeout=(min(CONNECT_TIMEOUT_S, left), left),
            allow_redirects=False,
        )
        with response:
            return Reply(response.status_code, _body(response, deadline, most), response.headers)

    def send(
        self, method: str, path: str, headers: Headers, body: bytes | None, content_type: str = "application/json"
    ) -> Reply:
        """One request, never sent again. NotSent: nothing happened. Unanswered: it may have happened."""
        with resting():
            return self._send(method, path, headers, body, content_type)

    def _send(self, method: str, path: str, headers: Headers, body: bytes | None, content_type: str) -> Reply:
        identity = dict(headers())
        deadline = time.monotonic() + self.write_timeout_s
        try:
            response = self.session.request(
                method,
                self.host + path,
                data=body,
                # A connection of its own: a kept-alive one may be half closed, and the write then looks lost.
                headers={"Content-Type": content_type, "Connection": "close"},
                auth=_auth(lambda: identity),
                stream=True,
                timeout=(CONNECT_TIMEOUT_S, self.write_timeout_s),
                allow_redirects=False,
            )
            with response:
                return Reply(response.status_code, _body(response, deadline), response.headers)
        except (requests.ConnectTimeout, requests.exceptions.InvalidURL) as error:
            raise NotSent(type(error).__name__) from error
        except requests.ConnectionError as error:
            if "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error):
                raise NotSent("could not connect") from error
            raise Unanswered(type(error).__name__) from error
        except (requests.RequestException, OSError, Unavailable) as error:
            raise Unanswered(type(error).__name__) from error


def _auth(headers: Headers) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    def apply(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(headers())
        return request

    return apply


def _body(response: requests.Response, deadline: float, most: int = MAX_BODY) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(65536):
        size += len(part)
        if size > most:
            raise Unavailable("The workspace's answer is larger than the portal reads.", code="ANSWER_TOO_LARGE")
        if time.monotonic() > deadline:
            raise Unavailable("The workspace's answer did not arrive in time.")
        parts.append(part)
    return b"".join(parts)


def _clean(query: Mapping[str, object] | None) -> dict[str, str]:
    return {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in (query or {}).items() if v is not None}


def _pause(attempt: int, retry_after: str | None, deadline: float) -> bool:
    """Wait before another try; False when there is no time or no try left."""
    wanted = float(retry_after) if retry_after and retry_after.isdigit() else 0.2 * 2**attempt
    wait = wanted + random.random() * 0.2  # noqa: S311 - jitter, not a secret
    if attempt >= RETRIES or time.monotonic() + wait + 0.5 > deadline:
        return False
    time.sleep(wait)
    return True
