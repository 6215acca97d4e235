"""The form of direct grants: rows with their levels and one principal to add by name."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from web.changes.forms.tree import Tree, branch, rows, text
from web.changes.kinds import Change, Kind
from web.features.permissions.grants import KIND_WORDS, LEVELS, Grant, kind_named
from web.workspace.iam import Found, PrincipalKind

SAME = "Nothing differs from what is live."
Named = Callable[[PrincipalKind, str], Found]


@dataclass
class Addition:
    """Somebody about to be added, by display name, e-mail, group name or application id."""

    kind: PrincipalKind = "user"
    name: str = ""
    level: str = "CAN_QUERY"


@dataclass
class GrantsForm:
    """Rows, somebody to add, and messages by field. `focus`: the field that the keyboard shall be in."""

    rows: list[Grant] = field(default_factory=list)
    new: Addition = field(default_factory=Addition)
    errors: dict[str, str] = field(default_factory=dict)
    focus: str = ""

    def change(self, name: str) -> Change:
        """All direct grants as they shall be."""
        body = {"access_control_list": [grant.as_request() for grant in self.rows]}
        return Change(kind=Kind.PERMISSIONS, endpoint=name, body=body)

    def ready(self, direct: list[Grant], named: Named) -> bool:
        """Whether this can go to Review, which says who is locked out; else `errors` say what is missing."""
        if not self.take_in(named):
            return False
        if {_key(one) for one in self.rows} == {_key(one) for one in direct}:
            self.errors = {"grants": SAME}
            return False
        return True

    def take_in(self, named: Named) -> bool:
        """Make a row of the principal to add; False, with the message at its field, when nobody or several fit."""
        if not self.new.name:
            return True
        found = named(self.new.kind, self.new.name)
        self.errors = _unfit(self.new, found)
        if self.errors:
            return False
        one = found.principals[0] if found.principals else None
        name, display = (one.name, one.display_name) if one else (self.new.name, self.new.name)
        if any((row.kind, row.name) == (self.new.kind, name) for row in self.rows):
            self.errors = {"new.name": f"{display} is in the list already: change the level there."}
            return False
        self.rows.append(Grant(self.new.kind, name, display, self.new.level))
        self.new = Addition(self.new.kind, "", self.new.level)
        return True


def _key(grant: Grant) -> tuple[str, str, str]:
    return grant.kind, grant.name, grant.level


def _unfit(new: Addition, found: Found) -> dict[str, str]:
    what = KIND_WORDS[new.kind].lower()
    if len(found.principals) > 1:
        names = ", ".join(one.name for one in found.principals[:5])
        return {"new.name": f"Several have this name. Choose one of: {names}."}
    if not found.allowed and new.kind == "user" and "@" not in new.name:
        return {"new.name": "Names cannot be looked up here. Write the e-mail address."}
    if found.allowed and not found.principals:
        return {"new.name": f"There is no {what} of this name that you may see."}
    return {}


def read(tree: Tree) -> GrantsForm:
    """The submitted form."""
    form = GrantsForm()
    for row in rows(tree, "grants"):
        kind, name = kind_named(text(row, "kind")), text(row, "name")
        if name:
            form.rows.append(Grant(kind, name, text(row, "display") or name, text(row, "level")))
    new = branch(tree, "new")
    level = text(new, "level")
    form.new = Addition(kind_named(text(new, "kind")), text(new, "name"), level if level in LEVELS else "CAN_QUERY")
    return form


def press(form: GrantsForm, do: str, named: Named) -> bool:
    """Carry out `add-grant` or `remove-grant-N`; False when the button was another one."""
    if do == "add-grant":
        form.take_in(named)
        form.focus = "f-new-name"
        return True
    place = do.removeprefix("remove-grant-")
    if place != do and place.isdigit():
        if int(place) < len(form.rows):
            del form.rows[int(place)]
        form.focus = "f-new-name"
        return True
    return False


def with_level(grants: list[Grant], kind: PrincipalKind, name: str, level: str) -> list[Grant]:
    """The grants with this principal's raised to `level`, or added."""
    if any((grant.kind, grant.name) == (kind, name) for grant in grants):
        return [replace(g, level=level) if (g.kind, g.name) == (kind, name) else g for g in grants]
    return [*grants, Grant(kind, name, name, level)]
