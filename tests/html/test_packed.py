"""A page that is compressed once and sent with a nonce of its own each time."""

import gzip
import itertools

import pytest

from web.html.packed import Packed
from web.html.stamp import MARK, fill

WORDS = ("<td>", "Überschuß", "a", "0", "\n", "ready ", "日本")
LONG = "".join(f"{word}{number * number % 97}" for number, word in zip(range(20_000), itertools.cycle(WORDS)))


@pytest.mark.parametrize("level", [1, 6, 9])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "short",
        MARK,
        LONG,
        MARK + LONG + MARK,
        f"a{MARK}{LONG}{MARK}b{MARK}{MARK}{LONG}c",
        LONG[:4096] + MARK + LONG[:4095],
    ],
    ids=["empty", "short", "only a mark", "long", "between marks", "all of it", "at the edge"],
)
def test_what_is_unpacked_is_the_text_with_the_nonce_in_the_place_of_every_mark(text: str, level: int) -> None:
    packed = Packed(text, level)
    for nonce in ("nonce-1", "another, longer nonce"):
        wanted = fill(text, nonce).encode()
        assert packed.plain(nonce) == wanted
        assert gzip.decompress(packed.gzip(nonce)) == wanted


def test_it_is_about_as_short_as_if_it_were_compressed_whole() -> None:
    text = f"head{MARK}{LONG}{MARK}foot"
    assert len(Packed(text, 6).gzip("x" * 22)) < 1.02 * len(gzip.compress(text.encode(), 6)) + 100
