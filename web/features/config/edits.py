"""The buttons of the config form: rows, copies, and another model version with one click."""

from web.changes.forms import edits
from web.changes.forms.entity import EntityForm
from web.features.config.forms import ConfigForm


def apply(form: ConfigForm, do: str) -> str:
    """Carry out one button; answers where the keyboard goes, as `edits.apply` does, or `#id`."""
    verb, what, place = edits.parts(do)
    if what == "entity" and place and place[0] < len(form.entities):
        if verb == "duplicate":
            return _shown(form, edits.duplicate(form.entities, place[0]))
        if verb == "beside" and len(place) == 2:
            return _shown(form, edits.duplicate(form.entities, place[0], str(place[1])))
        if verb == "use" and len(place) == 2:
            form.entities[place[0]].entity_version = str(place[1])
            return f"#entity-{place[0]}-summary"
    before = list(form.entities)
    focus = edits.apply(edits.entity_groups(form.entities, lambda: _added(form)), do)
    if what != "entity":
        return focus
    gone = [one for one in before if not any(one is left for left in form.entities)]
    edits.settle_traffic(form.entities, gone[0] if gone else None)
    return f"#entity-{len(form.entities) - 1}-summary" if verb == "add" else "#add-entity"


def _shown(form: ConfigForm, place: int) -> str:
    edits.settle_traffic(form.entities)
    return f"#entity-{place}-summary"


def _added(form: ConfigForm) -> EntityForm:
    made = edits.like_first(form.entities, form.kind)
    made.traffic, made.shown = "0", "yes"
    return made
