"""A page that is sent again and again with another nonce each time: its long parts are compressed once.

gzip (RFC 1952) of deflate blocks (RFC 1951) that end with a byte and look back at nothing before them (Z_FULL_FLUSH),
so that they may stand one behind the other.
"""

import zlib

from web.html.stamp import parts

_LONG = 4096
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"
_RAW = -15


class Packed:
    """A rendered text with the marks of `stamp`. `level` of the compression, 1 to 9."""

    def __init__(self, text: str, level: int) -> None:
        self.level = level
        self._parts = [part.encode() for part in parts(text)]
        self._done = [self._block(part) if len(part) >= _LONG else b"" for part in self._parts]

    def plain(self, nonce: str) -> bytes:
        """With this nonce in the place of the marks."""
        return nonce.encode().join(self._parts)

    def gzip(self, nonce: str) -> bytes:
        """The same, compressed."""
        mark, press = nonce.encode(), zlib.compressobj(self.level, zlib.DEFLATED, _RAW)
        sent, crc, size = [_HEAD], 0, 0
        for place, (part, done) in enumerate(zip(self._parts, self._done, strict=True)):
            before = mark if place else b""
            crc = zlib.crc32(part, zlib.crc32(before, crc))
            size += len(before) + len(part)
            sent.append(press.compress(before))
            sent += [press.flush(zlib.Z_FULL_FLUSH), done] if done else [press.compress(part)]
        sent += [press.flush(), crc.to_bytes(4, "little"), (size & 0xFFFFFFFF).to_bytes(4, "little")]
        return b"".join(sent)

    def _block(self, part: bytes) -> bytes:
        press = zlib.compressobj(self.level, zlib.DEFLATED, _RAW)
        return press.compress(part) + press.flush(zlib.Z_FULL_FLUSH)
