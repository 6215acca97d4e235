"""Effective permissions of one principal on a registered model (`/effective-permissions/function/{full_name}`).

Registered models are functions to the permissions API. An owner's own rights are not listed, as in the real one.
"""

from __future__ import annotations

from starlette.responses import Response

from web.emulator.catalog.store import EVERYONE, principals
from web.emulator.wire import ApiError, Call, Route, denied, reply

PATH = "/api/2.1/unity-catalog/effective-permissions/function/{full_name}"


async def effective(call: Call) -> Response:
    """Privileges by principal; with `principal` those of one, through groups as well. Admins, the model's owner and
    people about themselves may ask."""
    name = call.params["full_name"]
    model = call.world.catalog.model(name)
    if model is None or not call.world.catalog.may_see(call.person, model):
        raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", f"Function '{name}' does not exist.")
    wanted = str(call.query.get("principal") or "")
    owns = model.owner in {call.person.user_name, *call.person.groups}
    if not (call.person.is_admin or owns or wanted == call.person.user_name):
        raise denied(f"User does not have MANAGE on Function '{name}'.")
    person = call.world.people.get(wanted)
    named = principals(person) if person else {wanted, EVERYONE}
    shown = [
        {"principal": who, "privileges": [{"privilege": one} for one in sorted(given)]}
        for who, given in model.grants.items()
        if not wanted or who in named
    ]
    return reply({"privilege_assignments": shown})


ROUTES: list[Route] = [("GET", PATH, effective)]
