"""A corpus of texts that must stay texts. Each, if it worked, would leave a trace: set `window.hit`, make an element
named `evil`, or ask for an address with `evil` in it."""

import itertools
from urllib.parse import quote

JS = "window.hit=1"
TAGS_WITH_EVENTS = (
    ("img src=evil", "onerror"), ("svg", "onload"), ("body", "onload"), ("video src=evil", "onerror"),
    ("audio src=evil", "onerror"), ("iframe", "onload"), ("details open", "ontoggle"), ("input autofocus", "onfocus"),
    ("select autofocus", "onfocus"), ("textarea autofocus", "onfocus"), ("marquee", "onstart"),
    ("div style=animation-name:spin", "onanimationstart"), ("link rel=stylesheet href=/evil.css", "onerror"),
    ("object data=evil", "onerror"), ("embed src=evil", "onload"), ("button autofocus", "onfocus"),
    ("math", "onmouseover"), ("a autofocus href=/evil", "onfocus"), ("xss tabindex=1 autofocus", "onfocus"),
)  # fmt: skip
WAYS_TO_WRITE = (
    "<{tag} {event}={js}>",
    '<{tag} {event}="{js}">',
    "<{TAG} {EVENT}='{js}'>",
    "<{tag}/{event}={js}//",
    '"><{tag} {event}={js}>',
    "'><{tag} {event}={js}>",
    "</textarea></title></script><{tag} {event}={js}>",
    "--><{tag} {event}={js}>",
)
SCHEMES = (
    "javascript:{js}", "JaVaScRiPt:{js}", "java\tscript:{js}", "java\nscript:{js}", "\x01javascript:{js}",
    "javascript&colon;{js}", "&#106;avascript:{js}", "&#x6A;avascript:{js}", "vbscript:evil",
    "data:text/html,<script>{js}</script>", "data:text/html;base64,PHNjcmlwdD53aW5kb3cuaGl0PTE8L3NjcmlwdD4=",
    "//evil.invalid", "\\\\evil.invalid", "https:evil.invalid", "blob:evil", "file:///evil", "javascript://%0a{js}",
)  # fmt: skip
IN_A_LINK = (
    '<a href="{uri}" id=evil>x</a>',
    "[x]({uri})",
    "[x](<{uri}>)",
    "![x]({uri})",
    '<form action="{uri}" id=evil><button>x',
)
HTMX = ("get", "post", "put", "delete", "patch")
HTMX_NAMES = ("hx-{verb}", "data-hx-{verb}", "HX-{VERB}")
LONE = (
    f"<script>{JS}</script>",
    "<script src=/evil.js></script>",
    f"</script><script>{JS}</script>",
    f"<SCRIPT\n>{JS}</SCRIPT>",
    f"<scr<script>ipt>{JS}</scr</script>ipt>",
    f"<svg><script>{JS}</script></svg>",
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={JS}&gt;">',
    f'<svg></p><style><a id="</style><img src=1 onerror={JS}>">',
    f'<noscript><p title="</noscript><img src=x onerror={JS}>">',
    f"<template><script>{JS}</script></template>",
    f'<iframe srcdoc="<script>parent.{JS}</script>"></iframe>',
    "<meta http-equiv=refresh content='0;url=/evil'>",
    "<base href=https://evil.invalid/>",
    "<style>@import '/evil.css';</style>",
    "<style>*{background:url(/evil.png)}</style>",
    "<div style='background:url(/evil.png)'>x</div>",
    "<form id=evil name=body><input name=attributes></form>",
    "<a id=hit></a><a id=hit name=evil></a>",
    "<img name=evil><img name=cookie>",
    "<input name=evil type=hidden value=1>",
    "<button form=apply-form id=evil>Apply</button>",
    "<dialog open id=evil>x</dialog>",
    "<slot id=evil>",
    "<portal src=/evil id=evil>",
    "<frameset onload=window.hit=1>",
    "<table background=/evil.png><td>x",
    "<link rel=prefetch href=/evil>",
    '<script type=speculationrules>{"prefetch":[]}</script>',
    "{{7*7}}",
    "{{ request.app.state.services.settings }}",
    "{% include '/etc/passwd' %}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{{''.__class__.__mro__}}",
    "{{constructor.constructor('window.hit=1')()}}",
    "\u202eevil\u202d",
    "\x1b[2J\x1b[31mevil\x1b]8;;javascript:window.hit=1\x07x",
    "\x00evil",
    "a\u0000<b id=evil>",
    "\ufeff<b id=evil>",
    "<!--><b id=evil>-->",
    "<![CDATA[<b id=evil>]]>",
    "<?xml version='1.0'?><b id=evil/>",
    "&lt;b id=evil&gt;",
    "&amp;lt;script&amp;gt;",
    "\\u003cscript\\u003ewindow.hit=1\\u003c/script\\u003e",
    "%3Cscript%3Ewindow.hit=1%3C/script%3E",
    "</td></tr></table><b id=evil>",
    "</li></ul></div><b id=evil>",
    "`<b id=evil>`",
    "```html\n<b id=evil>\n```",
    "| a |\n|---|\n| <b id=evil> |",
    "<div hx-on:load=window.hit=1 id=evil>",
    "<div hx-trigger=load hx-vals='js:{a:window.hit=1}' hx-get=/evil id=evil>",
    "<div hx-ext=evil id=evil>",
    "<chat-panel id=evil></chat-panel>",
    "<traffic-split id=evil></traffic-split>",
    "<hx-partial hx-target='#toasts' id=evil>x</hx-partial>",
    "<div id=toasts hx-swap-oob=true class=evil>x</div>",
    '"; alert(1); //',
    "'-alert(1)-'",
    '=HYPERLINK("https://evil.invalid")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
)


def corpus() -> list[str]:
    """Every payload once, in a fixed order."""
    events = [
        way.format(tag=tag, TAG=tag.upper(), event=event, EVENT=event.upper(), js=JS)
        for (tag, event), way in itertools.product(TAGS_WITH_EVENTS, WAYS_TO_WRITE)
    ]
    uris = [scheme.format(js=JS) for scheme in SCHEMES]
    links = [way.format(uri=uri) for uri, way in itertools.product([*uris, quote(uris[0])], IN_A_LINK)]
    htmx = [
        f'<div {name.format(verb=verb, VERB=verb.upper())}="/evil" hx-trigger="load" id=evil>x</div>'
        for verb, name in itertools.product(HTMX, HTMX_NAMES)
    ]
    return list(dict.fromkeys([*LONE, *events, *links, *htmx]))
