"""The mark of our own htmx elements: every tag that a template writes with `hx-get`, `hx-post` … gets an `hx-nonce`;
and every script that is fetched ahead a `nonce`, without which the policy does not let it be fetched.

It is put into the source of a template when it is compiled, so nothing that is filled in can carry it; the nonce of the
answer takes its place when the page is rendered. An `hx-get` that came with somebody's text stays without, and is dead.
"""

import re
import secrets

from jinja2.ext import Extension

MARK = secrets.token_urlsafe(16)
"""Stands for the nonce until the page is answered; nobody outside can know it."""
_ASKS = "hx-(?:get|post|put|patch|delete|query|action|boost)"
_IN_A_TAG = re.compile(rf"(?<![\w\"'-])({_ASKS}=)")
_AHEAD = '<link rel="modulepreload"'
_IN_A_DICT = re.compile(rf'("{_ASKS}":)')


class Stamp(Extension):
    """Jinja extension: marks the source of every template."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with marks, in tags and in dictionaries of attributes."""
        source = source.replace(_AHEAD, f'{_AHEAD} nonce="{MARK}"')
        source = _IN_A_TAG.sub(rf'hx-nonce="{MARK}" \1', source)
        return _IN_A_DICT.sub(rf'"hx-nonce": "{MARK}", \1', source)


def fill(text: str, nonce: str) -> str:
    """A rendered text with the nonce of its answer in place of the marks."""
    return text.replace(MARK, nonce)


def parts(text: str) -> list[str]:
    """A rendered text between its marks."""
    return text.split(MARK)
