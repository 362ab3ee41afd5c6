"""Columns of the board: nobody's, one's own, those of colleagues; the most urgent cards first."""

import pytest
from django.utils import timezone
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.shifts import board
from fanzha.command.shifts.board import BoardColumn, build_board
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def columns(world: World) -> list[BoardColumn]:
    viewer = world.viewer("carrier", Role.REVIEWER)
    with scoped_to(viewer):
        return build_board(viewer, timezone.now())


def test_own_column_stands_after_nobodys(world: World) -> None:
    analyst = world.person("carrier", Role.ANALYST)
    gone = world.person("bank", Role.ANALYST)
    campaign(world["carrier"], 1, assignee=analyst)
    campaign(world["carrier"], 1, first=10, assignee=gone)
    campaign(world["carrier"], 1, first=20)
    shown = columns(world)
    assert [column.name for column in shown] == ["Nobody yet", "carrier reviewer", "bank analyst", "carrier analyst"]
    assert [len(column.cards) for column in shown] == [1, 0, 1, 1]
    assert [column.is_own for column in shown] == [False, True, False, False]
    assert shown[0].late == 1 and shown[0].person == ""


def test_a_long_column_counts_what_it_does_not_show(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "CARDS_SHOWN", 1)
    for first in (0, 10):
        campaign(world["carrier"], 1, first=first)
    assert (len(columns(world)[0].cards), columns(world)[0].more) == (1, 1)


def test_campaigns_are_offered_to_those_who_decide_on_them(world: World) -> None:
    world.person("carrier", Role.EXECUTOR)
    campaign(world["carrier"], 1)
    takes = {column.name: column.takes_campaigns for column in columns(world)}
    assert takes == {"Nobody yet": True, "carrier reviewer": True, "carrier executor": False}
    shown = world.client("carrier", Role.REVIEWER).get("/board/").content.decode()
    assert '">carrier reviewer</option>' in shown and '">carrier executor</option>' not in shown
