"""Opinions of another system are read by who received them, replace earlier ones, and end at once when withdrawn."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.command.subjects.models import OpinionRow, Share, VerdictRow
from fanzha.command.subjects.received_opinions import (
    OpinionReceipt,
    ReceivedOpinion,
    receive_opinions,
    withdraw_received,
)
from fanzha.command.subjects.services import OpinionDraft, give_opinions
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def receive(
    world: World, score: float = 0.9, later: int = 0, receiver: str = "centre", feed: str = "01FEED"
) -> list[str]:
    receipt = OpinionReceipt(world["partner"], world[receiver], "feed", feed)
    opinion = ReceivedOpinion(subject().pk, OpinionDraft(Level.SUSPECTED, score, marking=Marking.AMBER))
    return receive_opinions([opinion], receipt, timezone.now() + timedelta(seconds=later))


def level(world: World, name: str) -> str | None:
    with unscoped("test"):
        row = VerdictRow.objects.filter(owner=world[name], superseded_at=None).first()
    return row.level if row else None


def test_the_receiver_weighs_it_and_nobody_else_reads_it(world: World) -> None:
    receive(world)
    assert level(world, "centre") == "watch" and level(world, "carrier") is None
    assert OpinionRow.as_read_by(world.viewer("centre")).count() == 1
    assert OpinionRow.as_read_by(world.viewer("carrier")).count() == 0


def test_a_later_one_replaces_it_and_is_shared_once(world: World) -> None:
    receive(world)
    receive(world, 0.5, later=1)
    with unscoped("test"):
        assert [row.score for row in OpinionRow.objects.filter(OpinionRow.standing())] == [0.5]
        assert Share.objects.count() == 1


def test_what_came_by_another_way_and_what_people_stated_is_not_replaced(world: World) -> None:
    give_opinions(
        [subject()], OpinionDraft(Level.WATCH, score=0.3), world.viewer("partner", Role.ANALYST), timezone.now()
    )
    receive(world, 0.9, later=1)
    receive(world, 0.5, later=2, receiver="carrier", feed="02FEED")
    with unscoped("test"):
        assert {row.score for row in OpinionRow.objects.filter(OpinionRow.standing())} == {0.3, 0.5, 0.9}


def test_withdrawn_it_counts_no_more(world: World) -> None:
    ids = receive(world)
    assert [withdraw_received(ids, "a mistake", world["partner"], timezone.now()) for _ in range(2)] == [1, 0]
    assert level(world, "centre") is None
