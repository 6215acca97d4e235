"""Grants in a permissions object: those made here and those from above, one principal and one level each."""

from typing import Any

from web.changes.grants import direct_grants, inherited_grants


def entry(level: str, *, inherited: Any = False, **who: str) -> dict[str, Any]:
    return {**who, "all_permissions": [{"permission_level": level, "inherited": inherited}]}


def test_grants_made_here_and_grants_from_above_are_told_apart() -> None:
    both = {
        "user_name": "bob", "group_name": "", "display_name": "Bob", "all_permissions": [
            {"permission_level": "CAN_QUERY", "inherited": False},
            {"permission_level": "CAN_MANAGE", "inherited": True},
            {"permission_level": "CAN_VIEW"},
        ],
    }  # fmt: skip
    others = [entry("CAN_VIEW", group_name="g"), entry("CAN_VIEW", inherited=True, service_principal_name="s")]
    permissions = {"access_control_list": [both, *others]}
    assert direct_grants(permissions) == [
        {"user_name": "bob", "permission_level": "CAN_QUERY"},
        {"user_name": "bob", "permission_level": "CAN_VIEW"},
        {"group_name": "g", "permission_level": "CAN_VIEW"},
    ]
    assert inherited_grants(permissions) == [
        {"user_name": "bob", "permission_level": "CAN_MANAGE"},
        {"service_principal_name": "s", "permission_level": "CAN_VIEW"},
    ]


def test_a_grant_to_nobody_and_an_entry_without_levels_are_none() -> None:
    empty: list[dict[str, Any]] = [{}, {"access_control_list": None}, {"access_control_list": [{"user_name": "bob"}]}]
    for permissions in (*empty, {"access_control_list": [entry("CAN_VIEW", display_name="x")]}):
        assert direct_grants(permissions) == inherited_grants(permissions) == []
