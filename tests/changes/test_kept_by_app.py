"""What the portal's own principal refuses to carry out for a person, whoever asks."""

from typing import Any

from web.changes.app_attach import APP
from web.changes.kept_by_app import kept_by_app, own_app
from web.changes.kinds import Change, Kind
from web.workspace.client import Workspace

PRINCIPAL = "portal-app"
BOB = {"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"}
ITSELF = {"service_principal_name": PRINCIPAL, "permission_level": "CAN_MANAGE"}
ADMINS = {"group_name": "admins", "permission_level": "CAN_MANAGE"}
EVERY = [BOB, ITSELF, ADMINS]


def entry(grant: dict[str, Any]) -> dict[str, Any]:
    """A grant as the workspace shows it."""
    who = {k: v for k, v in grant.items() if k != "permission_level"}
    return {**who, "all_permissions": [{"permission_level": grant["permission_level"], "inherited": False}]}


def test_it_takes_no_rights_from_itself_the_admins_or_the_last_from_who_asks(ws: Workspace) -> None:
    was = {"access_control_list": [entry(grant) for grant in EVERY]}

    def lost(wanted: list[dict[str, Any]], kind: Kind = Kind.PERMISSIONS) -> list[str]:
        field = "access_control_list" if kind is Kind.PERMISSIONS else "permissions"
        found = kept_by_app(ws, Change(kind=kind, endpoint="churn", body={field: wanted}), was, PRINCIPAL)
        assert {one.path for one in found} <= {"access_control_list"}
        return [one.message.partition("takes no rights from ")[2].split()[0].rstrip(".:") for one in found]

    assert lost(EVERY) == lost([*EVERY, {"user_name": "eve", "permission_level": "CAN_VIEW"}]) == []
    assert lost([BOB, ADMINS]) == lost([BOB, ADMINS, {**ITSELF, "permission_level": "CAN_QUERY"}]) == ["itself"]
    assert lost([BOB, ITSELF]) == ["the"], "the group of admins"
    assert lost([ITSELF, ADMINS]) == lost([{**BOB, "permission_level": "CAN_QUERY"}, ITSELF, ADMINS]) == ["you"]
    assert lost([]) == lost([], Kind.RESTORE) == ["itself", "the", "you"]
    assert lost(EVERY, Kind.RESTORE) == []
    assert lost([BOB], Kind.RESTORE) == ["itself", "the"]


def test_it_changes_no_resources_of_its_own_app() -> None:
    (found,) = own_app({APP: {"service_principal_client_id": PRINCIPAL}}, PRINCIPAL)
    assert found.path == "app"
    assert own_app({APP: {"service_principal_client_id": "another"}}, PRINCIPAL) == own_app({}, PRINCIPAL) == []
