"""Figures of notices and appeals, the states in which appeals are heard, and what everybody may know."""

import pytest
from django.utils import timezone
from tests.command.notices.limits_made import PROOF, code_of, decide, limited, settle
from tests.command.people import World
from tests.command.processes.orders_made import mixed_issued

from fanzha.command.notices.appeal_entry import Statement, file_appeal
from fanzha.command.notices.models import LimitAppeal, LimitNotice
from fanzha.command.notices.selectors import find_public_facts, heard_states, measure_notices
from fanzha.command.notices.services import open_notice
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped

pytestmark = pytest.mark.usefixtures("home", "in_english")


def test_figures_count_notices_appeals_and_what_was_upheld(world: World) -> None:
    notice, now = limited(world), timezone.now()
    with unscoped("test"):
        LimitNotice.objects.update(simulated=False)
    open_notice(code_of(notice), PROOF, now)
    file_appeal(notice, Statement("a courier"), now)
    decide(world, LimitAppeal.objects.get().instance)
    viewer = world.viewer("centre", Role.REVIEWER)
    with scoped_to(viewer):
        figures = measure_notices(viewer)
    assert (figures.notices, figures.appeals, figures.decided) == (1, 1, 1)
    assert figures.by_state["delivered"] == 1 and figures.hours_to_delivery is not None
    assert (figures.upheld.marked, figures.upheld.counted, figures.upheld.value) == (1, 1, None)  # below n = 30
    assert figures.hours_to_decision is not None and figures.hours_to_restore is None
    stranger = world.viewer("other_carrier", Role.REVIEWER)
    with scoped_to(stranger):
        assert measure_notices(stranger).notices == 0


def test_appeals_of_every_kind_of_limit_are_listed() -> None:
    heard = dict(heard_states())
    assert heard["target_appeal"] == ("heard", "heard_higher")
    assert heard["card_rereview"] == ("appealed", "appealed_higher")
    assert {"personal_list", "platform_account", "stop_payment", "iot_card", "key_service"} <= heard.keys()


def test_the_facts_of_a_blocked_site_are_public_and_those_of_a_number_are_not(world: World) -> None:
    mixed_issued(world)
    settle()
    with unscoped("test"):
        LimitNotice.objects.update(simulated=False)
    (facts,) = find_public_facts("website", "shop.example")
    assert "suspected of being used for fraud" in facts.fact.en and facts.until is not None
    assert facts.owner.en == "Example centre"
    assert find_public_facts("phone_number", "+8617000001234") == []
    assert find_public_facts("website", "other.example") == []
    assert find_public_facts("website", "not a site") == []
