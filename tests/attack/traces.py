"""What must not happen on any page, looked for in a window; and the corpus in batches.

PORTAL_SOAK=1 sends the whole corpus through every sink; without it one batch, another one for each sink.
"""

import os

from playwright.sync_api import Dialog, Page

from tests.attack.payloads import corpus

SOAK = os.environ.get("PORTAL_SOAK") == "1"
AT_ONCE = 20
BATCHES = [corpus()[start : start + AT_ONCE] for start in range(0, len(corpus()), AT_ONCE)]
TRACES = """() => [
  window.hit === undefined ? "" : "window.hit is " + String(window.hit),
  ...[...document.querySelectorAll("[id=evil], [name=evil], .evil, [src*=evil], [href^='/evil'], [hx-get*=evil]"
    + ", [hx-post*=evil], [onerror], [onload], [onfocus], [ontoggle], iframe, object, embed, base, marquee"
    + ", script:not([src]):not([type='application/json']):not([type=speculationrules])")]
    // A part of ours asks for itself with what was searched for in its query: it carries the page's nonce.
    .filter((one) => !(one.getAttribute("hx-nonce") && /^[^?]*[?]/.test(one.getAttribute("hx-get") ?? "")
      && !/evil/.test(one.getAttribute("hx-get").split("?")[0])))
    .map((one) => one.outerHTML.slice(0, 200)),
].filter(Boolean)"""


def batches(sink: int) -> list[list[str]]:
    """All of the corpus, or the batch of this sink."""
    return BATCHES if SOAK else [BATCHES[sink % len(BATCHES)]]


class Traces:
    """Collects what must not happen on any page of a window: dialogs, requests that a payload asked for, elements."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        self.opened = ""
        page.on("dialog", self._dialog)
        page.context.on("request", lambda request: self._asked(request.url))

    def _dialog(self, dialog: Dialog) -> None:
        self.found.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        if "evil" in url.split("?")[0] and not url.endswith(self.opened or " "):
            self.found.append(f"request: {url}")

    def open(self, address: str) -> None:
        """Go there; this one request may have anything in it."""
        self.opened = address
        self.page.goto(address, wait_until="domcontentloaded")

    def look(self, path: str) -> None:
        """The page as it is now."""
        self.found += [f"{path}: {trace}" for trace in self.page.evaluate(TRACES)]
