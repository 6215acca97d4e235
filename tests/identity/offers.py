"""What a page offers to do: the addresses that its forms and buttons post to."""

import re

TAG = re.compile(r"<(/?)(form|fieldset|button)\b([^>]*)>|hx-post=\"([^\"]*)\"")
ATTRIBUTE = re.compile(r"([\w-]+)(?:=\"([^\"]*)\")?")


def offers(page: str, own: str) -> set[str]:
    """The paths that pressing something on the page posts to; `own`: the page's own path."""
    forms: dict[str, dict[str, str]] = {}
    pressed: list[tuple[dict[str, str], dict[str, str]]] = []
    around: dict[str, str] = {}
    shut: list[bool] = []
    for closes, tag, attributes, live in TAG.findall(page):
        given = dict(ATTRIBUTE.findall(attributes))
        if live:
            pressed.append(({"formmethod": "post", "formaction": live}, {}))
        elif tag == "form":
            around = {} if closes else given
            forms[around.get("id", "")] = around
        elif tag == "fieldset":
            shut = shut[:-1] if closes else [*shut, "disabled" in given]
        elif not closes and "disabled" not in given and not any(shut) and given.get("type", "submit") == "submit":
            pressed.append((given, around))
    found = set()
    for button, form in pressed:
        form = forms.get(button["form"], {}) if "form" in button else form
        if (button.get("formmethod") or form.get("method") or "get").lower() == "post":
            found.add((button.get("formaction") or form.get("action") or own).split("?")[0])
    return found
