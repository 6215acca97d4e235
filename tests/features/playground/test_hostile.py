"""What a model says is text: nothing in it runs, loads, posts, or looks like a part of the portal."""

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.features.playground.support import LLAMA, answered, chat, order, say, stream_of

if TYPE_CHECKING:
    from web.emulator.server import Emulator

CORPUS = (
    "<script>window.hit = 1</script>",
    '<img src="x" onerror="window.hit = 1">',
    '<svg onload="window.hit = 1"><a xlink:href="javascript:window.hit=1">x</a></svg>',
    '<div hx-get="/endpoints" hx-trigger="load" id="toasts" class="btn" data-copy="x">y</div>',
    '<iframe src="/endpoints"></iframe><form action="/changes"><button>Apply</button></form>',
    '<a href="javascript:window.hit=1" target="_top" style="position:fixed">z</a><style>body{display:none}</style>',
    "![pixel](https://collector.invalid/p.png)",
    "[one](javascript:window.hit=1) [two](JaVaScRiPt:window.hit=1) [three](&#106;avascript:window.hit=1)",
    "[four](data:text/html,<script>window.hit=1</script>) [five](<javascript:window.hit=1>) [six](//host.invalid)",
    "[seven][ref]",
    "[bank.example](https://thief.invalid/login)",
    "<details open ontoggle=window.hit=1><summary>s</summary></details><math><mi//xlink:href='data:x'>",
    "`<script>window.hit = 1</script>`",
    '```html\n<img src=x onerror="window.hit = 1">\n```',
    "[ref]: javascript:window.hit=1",
)
TAGS = {"P", "BR", "STRONG", "EM", "DEL", "CODE", "PRE", "UL", "OL", "LI", "BLOCKQUOTE", "TABLE", "HR", "A", "SPAN"}
LOOK = """box => ({
  hit: window.hit ?? null,
  tags: [...new Set([...box.querySelectorAll(":not(.code-block, .code-block *)")].map(one => one.tagName))],
  attributes: [...new Set([...box.querySelectorAll(":not(.code-block button, .code-block button *)")]
    .flatMap(one => one.getAttributeNames()))],
  links: [...box.querySelectorAll("a")].map(one => one.href),
})"""


def test_hostile_output_is_inert(bob_page: Page, emulator: "Emulator") -> None:
    order(
        emulator, LLAMA, "status", status=200, headers={"Content-Type": "text/event-stream"},
        body=stream_of("\n\n".join(CORPUS)),
    )  # fmt: skip
    page = chat(bob_page, LLAMA)
    say(page, "Hi")
    answer = answered(page)
    box = answer.locator("[data-text]")
    expect(box).to_contain_text("<script>window.hit = 1</script>")
    expect(box.locator(".code-block")).to_contain_text("onerror")
    found = box.evaluate(LOOK)
    assert found["hit"] is None
    assert set(found["tags"]) <= TAGS
    assert set(found["attributes"]) <= {"href", "target", "rel", "title", "class", "tabindex"}
    assert found["links"] == ["https://thief.invalid/login"]
    expect(box.locator("a")).to_have_text("bank.example (thief.invalid)")
    expect(box).to_have_attribute("hx-ignore", "")
    page.reload()
    expect(page.locator(".prose[data-text]")).to_contain_text("<script>window.hit = 1</script>")
    assert page.locator(".prose[data-text]").evaluate(LOOK)["hit"] is None


def test_markdown_is_shown_and_formulas_stay_text(bob_page: Page, emulator: "Emulator") -> None:
    formulas = "\\(a_1*b*c\\), $$x*y*z$$ and $5 or $10."
    said = f"| a | b |\n|---|---|\n| 1 | **2** |\n\nThen {formulas}\n\n```python\nprint(1)\n```"
    headers = {"Content-Type": "text/event-stream"}
    order(emulator, LLAMA, "status", status=200, headers=headers, body=stream_of(said))
    page = chat(bob_page, LLAMA)
    say(page, "Hi")
    box = answered(page).locator("[data-text]")
    expect(box.locator("table td strong")).to_have_text("2")
    expect(box).to_contain_text(formulas)
    expect(box.locator(".hljs-built_in")).to_have_text("print")
    expect(box.get_by_role("button", name="Copy code")).to_be_attached()
