"""A change from an older base on top of what is live, by small examples: what it becomes, and what a person decides."""

from typing import Any

import pytest

from tests.changes.lost import MAIL, MANAGE, NAME, TELEMETRY, USERS, config, entity, live, tags
from web.audit.ledger import Ledger
from web.changes.diff import canonical
from web.changes.kinds import Base, Change, Kind
from web.changes.parts import part_of
from web.changes.plan import base_of
from web.changes.rebase import Rebased, rebase

LIMITS = {"rate_limits": [{"key": "endpoint", "calls": 7, "renewal_period": "minute"}]}
USAGE = {"usage_tracking_config": {"enabled": True}}
TWO = config(entity(), entity(name="b"), a=90, b=10)
RESOURCE = {"name": "model", "serving_endpoint": {"name": NAME, "permission": "CAN_QUERY"}}
OTHER = {"name": "other", "secret": {"scope": "s"}}


def seen(ledger: Ledger, kind: Kind, was: dict[str, Any], grants: Any = None) -> Base:
    """The base of a form that was opened on this."""
    base = base_of(kind, was, grants)
    ledger.remember(NAME, kind, base.hash, base.config_version, part_of(kind, was, grants or []))
    return base


def on_top(
    ledger: Ledger, kind: Kind, body: Any, was: Any, now: Any, grants: tuple[Any, Any] = ([], []), **choices: str
) -> Rebased:
    """The change made from `was`, on top of `now`; `grants` then and now."""
    base = seen(ledger, kind, was, grants[0])
    return rebase(ledger, Change(kind=kind, endpoint=NAME, body=body), base, now, grants[1], choices or None)


@pytest.mark.parametrize(
    ("kind", "body", "was", "now", "becomes"),
    [
        (
            Kind.CONFIG,
            config(entity(workload_size="Large")),
            live(),
            live(config=config(entity(scale_to_zero_enabled=True))),
            config(entity(workload_size="Large", scale_to_zero_enabled=True)),
        ),
        (
            Kind.TRAFFIC,
            {"routes": {"a": 50, "b": 50}},
            live(config=TWO),
            live(config=config(entity(workload_size="Large"), entity(name="b"), a=90, b=10)),
            {"routes": {"a": 50, "b": 50}},
        ),
        (
            Kind.TAGS,
            {"add": {"x": "1", "same": "s"}, "delete": ["old"]},
            live(**tags(old="o", same="s")),
            live(**tags(old="o", same="s", theirs="t")),
            {"add": {"x": "1"}, "delete": ["old"]},
        ),
        (Kind.GATEWAY, {**LIMITS, **USAGE}, live(ai_gateway=LIMITS), live(ai_gateway={}), USAGE),
        (
            Kind.NOTIFICATIONS,
            {"email_notifications": {"on_update_failure": ["me"]}},
            live(),
            live(email_notifications={"on_update_success": ["them"]}),
            {"email_notifications": {"on_update_failure": ["me"], "on_update_success": ["them"]}},
        ),
        (
            Kind.TELEMETRY,
            TELEMETRY,
            live(),
            live(telemetry_config={"x_new": 1}),
            {"telemetry_config": {**TELEMETRY["telemetry_config"], "x_new": 1}},
        ),
        (
            Kind.APP_ATTACH,
            {"app": "shop", "resource_key": "model", "permission": "CAN_QUERY"},
            {"name": NAME, "$app": {"resources": []}},
            {"name": NAME, "$app": {"resources": [OTHER]}},
            {"app": "shop", "resource_key": "model", "permission": "CAN_QUERY"},
        ),
    ],
)
def test_edits_of_different_fields_are_both_kept(
    ledger: Ledger, kind: Kind, body: Any, was: Any, now: Any, becomes: Any
) -> None:
    found = on_top(ledger, kind, body, was, now)
    assert (found.moved, found.known, found.clashes) == (True, True, ())
    assert (found.change.kind, found.change.endpoint, found.change.body) == (kind, NAME, becomes)
    assert len(found.theirs) == 1


def test_grants_of_both_are_kept(ledger: Ledger) -> None:
    more = {"group_name": "ml-team", "permission_level": "CAN_VIEW"}
    body = {"access_control_list": [MANAGE, USERS]}
    found = on_top(ledger, Kind.PERMISSIONS, body, live(), live(), ([MANAGE], [MANAGE, more]))
    assert canonical(found.change.body) == canonical({"access_control_list": [MANAGE, more, USERS]})
    assert [row["path"] for row in found.theirs] == ["access_control_list[ml-team]"]
    assert found.clashes == ()


@pytest.mark.parametrize(
    ("kind", "base", "now"),
    [
        (Kind.TAGS, None, live(**tags(a="9"))),
        (Kind.TAGS, Base(config_version=3), live(**tags(a="9"))),
        (Kind.TAGS, Base(hash="f" * 32), None),
        (Kind.CREATE, Base(hash="f" * 32), live()),
    ],
)
def test_without_a_base_or_an_endpoint_nothing_has_moved(ledger: Ledger, kind: Kind, base: Any, now: Any) -> None:
    wanted = Change(kind=kind, endpoint=NAME, body={"add": {"a": "1"}})
    assert rebase(ledger, wanted, base, now, []) == Rebased(wanted)
    assert Rebased(wanted) == Rebased(wanted, False, (), (), True)


def test_what_others_changed_elsewhere_has_not_moved_this(ledger: Ledger) -> None:
    found = on_top(ledger, Kind.TAGS, {"add": {"a": "1"}}, live(), live(config=TWO, ai_gateway=LIMITS))
    assert found.moved is False


def test_a_base_that_is_not_on_record_cannot_be_merged(ledger: Ledger) -> None:
    wanted = Change(kind=Kind.TAGS, endpoint=NAME, body={"add": {"a": "1"}})
    found = rebase(ledger, wanted, Base(hash="f" * 32), live(**tags(a="9")), [])
    assert (found.moved, found.known, found.theirs) == (True, False, ())
    (clash,) = found.clashes
    assert (clash.path, clash.base, clash.live, clash.mine) == ("", None, tags(a="9"), wanted.body)


def test_a_restore_and_a_stop_are_for_a_person_as_a_whole(ledger: Ledger) -> None:
    found = on_top(ledger, Kind.DELETE, {}, live(), live(**tags(a="9")))
    assert (found.moved, found.known, [row["path"] for row in found.theirs]) == (True, True, ["tags[a]"])
    (clash,) = found.clashes
    assert (clash.path, clash.base["tags"], clash.live["tags"], clash.mine) == ("", [], tags(a="9")["tags"], {})
    assert on_top(ledger, Kind.STOP, {}, live(), live(state={"suspend": "STOPPED"})).clashes != ()


def test_the_same_field_twice_is_a_clash_until_it_is_chosen(ledger: Ledger) -> None:
    was, now = live(**tags(a="0")), live(**tags(a="9"))
    found = on_top(ledger, Kind.TAGS, {"add": {"a": "1"}}, was, now)
    (clash,) = found.clashes
    assert (clash.path, clash.base, clash.live, clash.mine) == ("tags[a].value", "0", "9", "1")
    choice: Any = {"tags[a].value": "mine"}
    chosen = on_top(ledger, Kind.TAGS, {"add": {"a": "1"}}, was, now, **choice)
    assert (chosen.clashes, chosen.change.body) == ((), {"add": {"a": "1"}, "delete": []})


def test_two_sound_edits_that_make_no_sound_whole_are_for_a_person(ledger: Ledger) -> None:
    three = config(entity(), entity(name="b"), entity(name="c"), a=90, b=10, c=0)
    mine = config(entity(), entity(name="b"), entity(name="c"), a=80, b=10, c=10)
    without = config(entity(), entity(name="b"), a=90, b=10)
    without["traffic_config"] = three["traffic_config"]
    found = on_top(
        ledger, Kind.TRAFFIC, {"routes": {"a": 80, "b": 10, "c": 10}}, live(config=three), live(config=without)
    )
    assert [clash.path for clash in found.clashes] == ["traffic_config.routes"]
    assert "'c' has a traffic share" in str(found.clashes[0].mine)
    assert (found.clashes[0].base["config"], found.clashes[0].live["config"]) == (three, without)
    assert on_top(ledger, Kind.CONFIG, mine, live(config=three), live(config=without)).clashes != ()


def test_a_rule_broken_by_both_together_is_for_a_person(ledger: Ledger) -> None:
    def of(*groups: str) -> dict[str, Any]:
        limit = {"key": "user_group", "calls": 1, "renewal_period": "minute"}
        return {"rate_limits": [{**limit, "principal": group} for group in groups]}

    was, now = live(ai_gateway=of("a", "b", "c", "d")), live(ai_gateway=of("a", "b", "c", "d", "theirs"))
    (clash,) = on_top(ledger, Kind.GATEWAY, of("a", "b", "c", "d", "mine"), was, now).clashes
    assert (clash.path, clash.mine) == ("rate_limits", "At most 5 rate limits for groups.")
    assert on_top(ledger, Kind.GATEWAY, of("a", "b", "c", "mine"), was, now).clashes == ()


def test_what_is_shown_of_a_clash_holds_no_secret(ledger: Ledger) -> None:
    def plain(value: str) -> dict[str, Any]:
        return config(entity(environment_vars={"TOKEN": value}))

    found = on_top(
        ledger, Kind.CONFIG, plain("mine-s3cret"), live(config=plain("was")), live(config=plain("theirs-s3cret"))
    )
    assert [clash.path for clash in found.clashes] == ["config.served_entities[a].environment_vars.TOKEN"]
    assert "s3cret" not in str(found.clashes) + str(found.theirs)


def test_mail_of_both_is_kept_also_where_there_was_none(ledger: Ledger) -> None:
    found = on_top(ledger, Kind.NOTIFICATIONS, {"email_notifications": {}}, live(**MAIL), live(email_notifications={}))
    assert found.change.body == {"email_notifications": {}}
    cleared = on_top(ledger, Kind.PERMISSIONS, {}, live(), live(), ([MANAGE], [MANAGE, USERS]))
    assert cleared.change.body == {"access_control_list": [USERS]}
