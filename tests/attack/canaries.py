"""Secrets that are like no other text, and a search for them in whatever the portal leaves behind."""

import base64
import gzip
import hashlib
import html
import json
import secrets
import zlib
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote

SQLITE_AND_FRIENDS = (gzip.decompress, zlib.decompress)


class Canaries:
    """`canary("openai key")` is a new secret; `found(bytes)` names those that are in there, in any spelling."""

    def __init__(self) -> None:
        self.made: dict[str, str] = {}

    def __call__(self, place: str) -> str:
        """A secret for this place. Its first half is letters and digits, which no escaping can hide."""
        return self.also(place, f"cnry{secrets.token_hex(12)}")

    def odd(self, place: str) -> str:
        """One of which every character is written differently in JSON, in HTML and in an address."""
        return self.also(place, f"\"+/&<'é\\{secrets.token_hex(2)}\"+/&<'é\\")

    def also(self, place: str, value: str) -> str:
        """Look for this one too."""
        assert place not in self.made, place
        self.made[place] = value
        return value

    def found(self, blob: bytes, where: str) -> list[str]:
        """`where: place (spelling)` for every canary in these bytes, or in what they unpack to."""
        looked_in = (blob, *_unpacked(blob))
        return [
            f"{where}: {place} ({how})"
            for place, value in self.made.items()
            for how, spelled in spellings(value)
            if any(spelled in one for one in looked_in)
        ]


@cache
def spellings(value: str) -> frozenset[tuple[str, bytes]]:
    """Every spelling of a secret once, with its name."""
    return frozenset(_spellings(value))


def _spellings(value: str) -> Iterator[tuple[str, bytes]]:
    """How a secret may be written: as it is, escaped, as base64 at three offsets, as hex, backwards, as a bare hash."""
    raw = value.encode()
    in_json = json.dumps(value)[1:-1]
    yield "plain", raw
    for text in (in_json, json.dumps(in_json)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]):
        yield "JSON", text.encode()
        yield "JSON in HTML", html.escape(text).encode()
    yield "HTML", html.escape(value).replace("&#x27;", "&#39;").encode()
    yield "HTML", html.escape(value).encode()
    yield "address", quote(value, safe="").encode()
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + raw)[(0, 2, 3)[offset] :]
        yield "base64", coded.rstrip(b"=")[:-1]
    yield "hex", raw.hex().encode()
    yield "backwards", raw[::-1]
    yield "utf-16", value.encode("utf-16-le")
    for name in ("md5", "sha1", "sha256"):
        yield f"bare {name}", hashlib.new(name, raw).hexdigest().encode()


def _unpacked(blob: bytes) -> Iterator[bytes]:
    for unpack in SQLITE_AND_FRIENDS:
        try:
            yield unpack(blob)
        except (OSError, EOFError, zlib.error):
            continue
