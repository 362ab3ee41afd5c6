"""Subscriptions are made, paused and ended, each on record; a key that changes is signed with beside the new one."""

import pytest
from tests.command.people import World
from tests.command.webhooks.told import URL, subscription

from fanzha.command.audit.models import LogEntry
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.command.webhooks import services
from fanzha.command.webhooks.services import cancel_subscription, change_key, set_active, subscribe
from fanzha.command.webhooks.signing_keys import public_keys
from fanzha.processes.refusal import Refusal


def test_every_act_is_on_record(world: World) -> None:
    one, person = subscription(world), world.person("carrier", Role.ADMINISTRATOR)
    set_active(one, False, person)
    set_active(one, True, None)
    change_key(one, person)
    cancel_subscription(one, person)
    with unscoped("test"):
        kinds = list(LogEntry.objects.filter(about=one.ref).order_by("place").values_list("kind", flat=True))
    assert kinds == [
        "subscribed", "subscription_paused", "subscription_resumed", "subscription_key_changed", "subscription_ended",
    ]  # fmt: skip
    with pytest.raises(Refusal, match="has ended"):
        set_active(one, True, person)


def test_the_key_before_stays_until_the_next_change(world: World) -> None:
    one = subscription(world)
    (first,) = public_keys(one)
    change_key(one, None)
    assert public_keys(one)[1] == first and first.startswith("whpk_")
    change_key(one, None)
    assert first not in public_keys(one) and len(public_keys(one)) == 2


def test_a_process_that_is_not_known_is_refused(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        subscribe(world["carrier"], URL, ["weather"], None)
    assert "processes" in refused.value.fields


def test_there_are_not_more_than_anybody_needs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_SUBSCRIPTIONS", 1)
    subscription(world)
    with pytest.raises(Refusal, match="at most 1"):
        subscription(world)
    subscription(world, "isp")
