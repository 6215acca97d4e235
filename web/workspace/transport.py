"""HTTP to the workspace: reads with a deadline and few retries, writes exactly once.

The SDK supplies who we are (`Config.authenticate`), not how we ask: it re-sends writes, waits as long as a server's
Retry-After says and hides the status of an error (reference §4.4, §4.5).
"""

import itertools
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3
from requests.adapters import HTTPAdapter

from web.errors import Unavailable
from web.workspace.breaker import Breakers
from web.workspace.bulkheads import Bulkheads
from web.workspace.resting import resting
from web.workspace.retries import Budget, Timing, pause_s, retry_after_s

MAX_BODY = 32 * 1024 * 1024
RETRIES = 2
CANNOT = frozenset({502, 503, 504})
RETRY_STATUSES = CANNOT | {429}
CONNECT_TIMEOUT_S = 3.0
OPEN_S = 15.0
TOO_LATE = "The workspace did not answer in time."
FOR_READS = 0.9  # of the longest time: in what is left, the person is told
LOST = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)

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


@dataclass(frozen=True)
class _Ask:
    """One read, with all its tries."""

    path: str
    headers: Headers
    query: Mapping[str, object] | None
    accept: str
    most: int
    deadline: float


class Transport:
    """A pool of connections to one host, shared by all callers; holds no identity and keeps no cookie."""

    def __init__(
        self,
        host: str,
        user_agent: str,
        *,
        read_timeout_s: float,
        write_timeout_s: float,
        open_s: float = OPEN_S,
        timing: Timing | None = None,
    ) -> None:
        self.host = host.rstrip("/")
        self.read_timeout_s = read_timeout_s
        self.write_timeout_s = write_timeout_s
        self.timing = timing or Timing()
        self.bulkheads = Bulkheads()
        self.budget = Budget()
        self.breakers = Breakers(open_s, self.timing.now)
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
        until: float | None = None,
    ) -> Reply:
        """GET `path`, `most` bytes. At most `read_timeout_s` in all, waiting for a place and retries included, and not
        past `until` (on the clock of `timing`). Raises Unavailable past that, and at once for what keeps failing."""
        now = self.timing.now()
        deadline = min(now + FOR_READS * self.read_timeout_s, math.inf if until is None else until)
        if now >= deadline:
            raise Unavailable(TOO_LATE, hint="The page had waited for other answers until then. Try again.")
        self.breakers.enter(path)
        try:
            with resting(), self.bulkheads.place(path, deadline - now):
                return self._read(_Ask(path, headers, query, accept, most, deadline))
        finally:
            self.breakers.unsure(path)

    def _read(self, ask: "_Ask") -> Reply:
        """The answer, after up to RETRIES more tries; what it says of the workspace is noted."""
        self.budget.earn()
        patient = ask.deadline - self.timing.now() > self.read_timeout_s / 2
        for attempt in itertools.count():
            found = self._try(ask)
            if not self._again(found, attempt, ask.deadline):
                break
        if isinstance(found, Reply):
            if found.status in CANNOT:
                self.breakers.failed(ask.path, f"HTTP status {found.status}")
            else:
                self.breakers.well(ask.path)
            return found
        late = isinstance(found, requests.Timeout)
        if isinstance(found, LOST) and (patient or not late):
            self.breakers.failed(ask.path, "no answer in time" if late else "no answer")
        raise _unanswered(found) from found

    def _try(self, ask: "_Ask") -> Reply | requests.RequestException:
        left = max(0.1, ask.deadline - self.timing.now())
        try:
            response = self.session.get(
                self.host + ask.path,
                params=_clean(ask.query),
                headers={"Accept": ask.accept},
                auth=_auth(ask.headers),
                stream=True,
                timeout=urllib3.Timeout(total=left, connect=min(CONNECT_TIMEOUT_S, left)),  # type: ignore[arg-type]
                allow_redirects=False,
            )
            with response:
                return Reply(response.status_code, _body(response, left, ask.most), response.headers)
        except requests.RequestException as error:
            return error

    def _again(self, found: Reply | requests.RequestException, attempt: int, deadline: float) -> bool:
        """Whether to try once more, having waited; False when there is no reason, no time, no try or no budget left."""
        wanted = None
        if isinstance(found, Reply):
            if found.status not in RETRY_STATUSES:
                return False
            wanted = retry_after_s(found.headers.get("Retry-After"), self.timing.wall())
        elif isinstance(found, requests.Timeout) or not isinstance(found, LOST):
            return False
        wait = pause_s(attempt, wanted, self.timing.dice)
        if attempt >= RETRIES or self.timing.now() + wait + 0.5 > deadline or not self.budget.spend():
            return False
        self.timing.sleep(wait)
        return True

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
                return Reply(response.status_code, _body(response, deadline - time.monotonic()), response.headers)
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


def _body(response: requests.Response, within_s: float, most: int = MAX_BODY) -> bytes:
    """All of it. Raises requests' own errors for one that breaks off or is late, however slowly it drips."""
    parts: list[bytes] = []
    size, late = 0, time.monotonic() + within_s
    try:
        while part := response.raw.read1(65536, decode_content=True):
            size += len(part)
            if size > most:
                raise Unavailable("The workspace's answer is larger than the portal reads.", code="ANSWER_TOO_LARGE")
            parts.append(part)
            _hurry(response, late - time.monotonic())
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.ReadTimeout from error
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError(type(error).__name__) from error
    return b"".join(parts)


def _hurry(response: requests.Response, left: float) -> None:
    """The next part may take what is left of the time, not as long as the first."""
    if left <= 0:
        raise requests.ReadTimeout
    socket = getattr(getattr(response.raw, "connection", None), "sock", None)
    if socket is not None:
        socket.settimeout(max(0.1, left))


def _clean(query: Mapping[str, object] | None) -> dict[str, str]:
    return {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in (query or {}).items() if v is not None}


def _unanswered(error: requests.RequestException) -> Unavailable:
    """Why there is no answer, in words."""
    if isinstance(error, requests.Timeout) and not isinstance(error, requests.ConnectTimeout):
        return Unavailable(TOO_LATE, hint="Nothing was changed by asking. Try again in a moment.")
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return Unavailable("The workspace's answer broke off on its way.", hint="Try again in a moment.")
    return Unavailable("The workspace could not be reached.", hint="The connection was refused or cut. Try again.")
