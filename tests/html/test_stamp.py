"""Every htmx element of our templates carries the nonce of its answer, and nothing that was filled in does."""

import re
from pathlib import Path

from markupsafe import Markup

from web.html.stamp import Stamp, fill
from web.html.templates import FOLDER, environment

ASKS = re.compile(r"\bhx-(get|post|put|patch|delete|query|action|boost)\b[\"']?\s*[=:]")


def unmarked(path: Path) -> bool:
    source = path.read_text()
    marked = Stamp(environment()).preprocess(source, path.name)
    return marked.count("hx-nonce") != len(ASKS.findall(source))


def test_every_element_of_ours_that_asks_is_marked() -> None:
    templates = sorted(FOLDER.rglob("*.html"))
    assert sum(len(ASKS.findall(path.read_text())) for path in templates) > 40
    assert [str(path.relative_to(FOLDER)) for path in templates if unmarked(path)] == []


def test_what_is_filled_in_is_not() -> None:
    ours = environment().from_string('<i hx-get="/a">{{ theirs }}</i>{{ {"hx-post": "/b"}|xmlattr }}')
    text = fill(ours.render(theirs=Markup('<b hx-get="/evil"></b>')), "once")
    assert text == ('<i hx-nonce="once" hx-get="/a"><b hx-get="/evil"></b></i> hx-nonce="once" hx-post="/b"')
