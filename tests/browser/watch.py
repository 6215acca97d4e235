"""Listens to a browser page for everything that must not happen on any page of the portal."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

ORDINARY = re.compile(r"Failed to load resource: the server responded with a status of (409|422)")
"""Chromium logs every refused form as an error; a page that shows the messages has done nothing wrong."""

TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@dataclass
class Watch:
    """What went wrong in one browser context, in words; `home` is the only host its pages may call."""

    home: str
    seen: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> "Watch":
        """Listens to every page of the context, now and later."""
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        return self

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not ORDINARY.match(message.text):
            self.seen.append(f"console {message.type} on {message.location.get('url', '')}: {message.text}")

    def _error(self, error: WebError) -> None:
        self.seen.append(f"uncaught error: {error.error}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(self.home).netloc:
            self.seen.append(f"request to another host: {request.method} {request.url}")
