"""The rows of the New endpoint form that its buttons add and remove."""

from web.changes.forms import edits
from web.changes.forms.edits import Group
from web.changes.forms.gateway import LimitForm
from web.features.create.forms import EndpointForm, GrantForm, TagForm


def apply(form: EndpointForm, do: str) -> str:
    """Carry out one button; answers where the keyboard goes: `new-…` for the row added, `add-…` for a button, ""."""
    groups = edits.entity_groups(form.entities, lambda: edits.like_first(form.entities, form.kind)) | {
        "tag": Group(lambda _: form.tags, TagForm),
        "limit": Group(lambda _: form.gateway.limits, LimitForm),
        "grant": Group(lambda _: form.grants, GrantForm),
    }
    before = list(form.entities)
    focus = edits.apply(groups, do)
    gone = [one for one in before if not any(one is left for left in form.entities)]
    edits.settle_traffic(form.entities, gone[0] if gone else None)
    return focus
