"""The two forms of the page: rows of tags and lists of addresses → Change, or messages beside their fields.

A form carries what it was made from (`was`): what it adds and deletes follows from that alone, so tags that somebody
else adds meanwhile stay. What a person did not touch is not sent.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from web.changes.checks import MAX_TAG_KEY, MAX_TAG_VALUE, MAX_TAGS
from web.changes.forms.tree import Tree, carried, rows, text
from web.changes.kinds import Change, Kind

ADDRESS = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[^@\s,;<>\"'.]+")
WHEN = (("on_update_failure", "on_failure"), ("on_update_success", "on_success"))
SAME = "Nothing differs from what is live."


@dataclass
class TagsForm:
    """Tags as (key, value) rows. `was`: key → value when the form was opened."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    was: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    focus: str = ""

    def change(self, name: str) -> Change | None:
        """The change, or None with `errors` filled."""
        kept = [(place, key, value) for place, (key, value) in enumerate(self.rows) if key or value]
        self.errors = _tag_errors(kept)
        wanted = {key: value for _, key, value in kept}
        add = {key: value for key, value in wanted.items() if self.was.get(key) != value}
        gone = [key for key in self.was if key not in wanted]
        if not self.errors and not add and not gone:
            self.errors = {"tags": SAME}
        body = {"add": add, "delete": gone}
        return None if self.errors else Change(kind=Kind.TAGS, endpoint=name, body=body)


def _tag_errors(kept: list[tuple[int, str, str]]) -> dict[str, str]:
    errors: dict[str, str] = {}
    seen: set[str] = set()
    for place, key, value in kept:
        at = f"tags[{place}]."
        if not key:
            errors[at + "key"] = "A tag needs a key."
        elif len(key) > MAX_TAG_KEY:
            errors[at + "key"] = f"A key has at most {MAX_TAG_KEY} characters; this has {len(key)}."
        elif key in seen:
            errors[at + "key"] = f"There is another tag '{key}' above. Keys are unique."
        if len(value) > MAX_TAG_VALUE:
            errors[at + "value"] = f"A value has at most {MAX_TAG_VALUE} characters; this has {len(value)}."
        seen.add(key)
    if len(kept) > MAX_TAGS:
        errors["tags"] = f"An endpoint has at most {MAX_TAGS} tags; these are {len(kept)}."
    return errors


def read_tags(tree: Tree) -> TagsForm:
    """The submitted rows. A live tag whose text a browser's field cannot hold unharmed stays what it was."""
    was = {str(key): str(value) for key, value in carried(tree, "was").items()}
    held = {_in_field(key): key for key in was}
    found = []
    for row in rows(tree, "tags"):
        shown, value = _in_field(_raw(row, "key")), _in_field(_raw(row, "value"))
        key = held.get(shown, shown.strip())
        kept = was.get(key)
        found.append((key, kept if kept is not None and _in_field(kept) == value else value.strip()))
    return TagsForm(found, was)


def _raw(row: Tree, key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _in_field(value: str) -> str:
    """What a one-line text field makes of a value."""
    return re.sub(r"[\r\n]", "", value)


def press(form: TagsForm, do: str) -> bool:
    """Carry out `add-tag` or `remove-tag-N`; False when the button was another one."""
    if do == "add-tag":
        form.rows.append(("", ""))
        form.focus = f"f-tags-{len(form.rows) - 1}--key"
        return True
    place = do.removeprefix("remove-tag-")
    if place != do and place.isdigit():
        if int(place) < len(form.rows):
            del form.rows[int(place)]
        form.focus = "add-tag"
        return True
    return False


@dataclass
class MailForm:
    """Addresses one a line, by when they are told. `was`: the whole block of the live endpoint, unknown fields too."""

    on_failure: str = ""
    on_success: str = ""
    was: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def change(self, name: str) -> Change | None:
        """The change, or None with `errors` filled. A list that becomes empty is sent as an empty list."""
        self.errors = {}
        body = dict(self.was)
        for block_field, form_field in WHEN:
            found = addresses(getattr(self, form_field))
            if wrong := [one for one in found if not ADDRESS.fullmatch(one)]:
                self.errors[form_field] = f"'{wrong[0][:80]}' is not an e-mail address. Write one a line."
            elif found or self.was.get(block_field):
                body[block_field] = found
        if not self.errors and body == self.was:
            self.errors = {"notifications": SAME}
        if self.errors:
            return None
        return Change(kind=Kind.NOTIFICATIONS, endpoint=name, body={"email_notifications": body})


def addresses(value: str) -> list[str]:
    """The addresses in a text, each once, in order; a comma or semicolon parts them as well as a line end."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[\n,;]", value) if part.strip()))


def read_mail(tree: Tree) -> MailForm:
    """The submitted addresses."""
    return MailForm(text(tree, "on_failure"), text(tree, "on_success"), carried(tree, "was"))


def mail_of(block: Any) -> MailForm:
    """The form of an endpoint's `email_notifications`."""
    was = block if isinstance(block, dict) else {}
    return MailForm(_lines(was.get("on_update_failure")), _lines(was.get("on_update_success")), was)


def _lines(value: Any) -> str:
    return "\n".join(str(one) for one in value) if isinstance(value, list) else ""
