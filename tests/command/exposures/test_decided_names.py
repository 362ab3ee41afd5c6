"""A site is decided by orders in force that the organisation owns or carries out; its fraud type is its campaign's."""

import pytest
from django.utils import timezone
from tests.command.exposures.exposures_made import CASE, SITE, roll_back, site_order
from tests.command.people import World

from fanzha.command.campaigns.models import Campaign
from fanzha.command.exposures.decided_names import find_decided_names, find_fraud_types
from fanzha.command.orders.models import OrderTarget
from fanzha.command.processes.models import ProcessInstance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def names(world: World, name: str) -> list[str]:
    return [entry.name for entry in find_decided_names(world[name])]


def test_owner_and_receiver_take_part_and_others_do_not(world: World) -> None:
    order = site_order(world)
    (entry,) = find_decided_names(world["carrier"])
    assert entry == (SITE, order.ref, CASE)
    assert names(world, "centre") == [SITE] and names(world, "mvno") == []
    ProcessInstance._base_manager.filter(pk=order.pk).update(campaign="")
    assert find_decided_names(world["carrier"])[0].case == order.ref


def test_a_site_that_an_order_names_twice_is_decided_once(world: World) -> None:
    order = site_order(world, "192.0.2.7")
    target = OrderTarget._base_manager.get(instance=order)
    target.pk, target.place, target.kind = None, 1, "host"
    target.save()
    assert names(world, "carrier") == ["192.0.2.7"]


def test_an_appealed_or_ended_order_decides_nothing(world: World) -> None:
    order = site_order(world, SITE, "second.example")
    target = OrderTarget._base_manager.filter(instance=order, value=SITE)
    target.update(state="appealed")
    assert names(world, "carrier") == ["second.example"]
    roll_back(world, order)
    assert names(world, "carrier") == []


def test_an_exercise_decides_nothing_for_an_organisation_in_service(world: World) -> None:
    site_order(world)
    carrier = world["carrier"]
    carrier.simulated = False
    assert find_decided_names(carrier) == []


def test_the_kind_of_fraud_is_that_of_the_campaign(world: World) -> None:
    now = timezone.now()
    Campaign._base_manager.create(ref=CASE, owner=world["centre"], fraud_type="fake_loan", first_at=now, last_at=now)
    assert find_fraud_types({CASE, "D" * 26}) == {CASE: "fake_loan"}
