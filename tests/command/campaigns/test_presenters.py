"""A row tells why it stands there; what can be pressed depends on who looks and how far the work is."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.campaigns.models import Campaign, Placement
from fanzha.command.campaigns.presenters import (
    campaign_badges,
    campaign_rows,
    campaign_subject_rows,
    campaign_summary,
    confirm_words,
    tomorrow_morning,
)
from fanzha.command.campaigns.selectors import CampaignSubject
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def presses(world: World, row: Campaign, name: str = "carrier") -> list[str]:
    """What can be pressed on a row."""
    with override("en"):
        (shown,) = campaign_rows([row], world.viewer(name, Role.ANALYST))
    return [one.word for one in shown.actions]


def test_the_next_press_follows_from_how_far_the_work_is(world: World) -> None:
    row = campaign(world["carrier"])
    assert presses(world, row) == ["Take", "Snooze until tomorrow"]
    row.assignee = world.person("carrier", Role.ANALYST)
    assert presses(world, row) == ["Confirm", "Snooze until tomorrow"]
    row.confirmed_at = timezone.now()
    assert presses(world, row) == ["Draft an order", "Snooze until tomorrow"]
    row.state = "cleared"
    assert presses(world, row) == []
    assert presses(world, campaign(world["carrier"], first=10), "administration") == []


def test_confirming_what_a_colleague_works_on_is_asked_once(world: World) -> None:
    row, viewer = campaign(world["carrier"]), world.viewer("carrier", Role.REVIEWER)
    assert confirm_words(row, viewer) == ""
    row.assignee = world.person("carrier", Role.ANALYST)
    with override("en"):
        assert confirm_words(row, viewer) == "carrier analyst works on this campaign. Confirm it all the same?"
    assert confirm_words(row, world.viewer("carrier", Role.ANALYST)) == ""


def test_figures_are_told_in_words(world: World) -> None:
    row = campaign(world["carrier"], 31, money=1_234_500, victims=2, simulated=True)
    with override("en"):
        told = campaign_summary(row, row.first_at)
        said = [one.word for one in campaign_badges(row)]
    assert told == "31 findings, ¥12,345 reported loss, first seen now" and said == ["simulated"]
    row.tie_subjects = 20
    with override("en"):
        assert "20 subjects share its main feature" in campaign_summary(row, row.first_at)


def test_tomorrow_is_a_morning_ahead() -> None:
    assert tomorrow_morning() > timezone.now() and timezone.localtime(tomorrow_morning()).hour == 9


pytestmark = pytest.mark.django_db


def test_a_row_is_masked_and_tells_what_was_found(world: World) -> None:
    row = campaign(world["carrier"], 1)
    placement = Placement._base_manager.select_related("subject").get(campaign=row)
    placement.calls, placement.is_held = 31, True
    with override("en"):
        (shown,) = campaign_subject_rows([CampaignSubject(placement, None, None)], with_checkboxes=True)
    assert "17000" not in shown.title and shown.summary.startswith("1 finding, 31 calls, fake loan, last")
    assert shown.meta == ("phone number", "placed by a person") and shown.checkbox_value == placement.subject.ref


def test_what_joined_after_the_order_is_marked(world: World) -> None:
    row = campaign(world["carrier"], 1)
    placement = Placement._base_manager.select_related("subject").get(campaign=row)
    subjects = [CampaignSubject(placement, None, None)]
    for minutes, expected in ((-1, ["new after the order"]), (1, [])):
        ordered_at = placement.first_at + timedelta(minutes=minutes)
        with override("en"):
            (shown,) = campaign_subject_rows(subjects, with_checkboxes=False, ordered_at=ordered_at)
        assert [badge.word for badge in shown.badges] == expected
