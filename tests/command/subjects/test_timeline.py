"""The timeline tells findings, opinions, verdicts, cases and processes in their order, each with who did it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override
from tests.command.people import World
from tests.command.processes.orders_made import drafted
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.subjects.models import PoliceCase
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions, retract_opinion
from fanzha.command.subjects.selectors import load_subject_profile
from fanzha.command.subjects.timeline import subject_timeline
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped

pytestmark = pytest.mark.django_db


def test_all_that_happened_stands_in_its_order(world: World) -> None:
    viewer, now = world.viewer("centre", Role.ANALYST), timezone.now()
    finding_row(world["centre"], withdrawn_at=AT + timedelta(hours=1), withdrawn_why="a mistake")
    PoliceCase._base_manager.create(
        subject=subject(), owner=world["police"], reference="A1", status="filed", at=AT + timedelta(hours=2)
    )
    (row,) = give_opinions(
        [subject()], OpinionDraft(Level.SUSPECTED, score=1.0, reason=Words("甲", "one")), viewer, now
    )
    retract_opinion(row, "not so", viewer, now + timedelta(minutes=1))
    order = drafted(world, now + timedelta(minutes=2))
    with unscoped("test"):
        ProcessInstance.objects.filter(pk=order.pk).update(about=subject().ref)
    with scoped_to(viewer), override("en"):
        told = [
            (one.what, one.who, one.note) for one in subject_timeline(load_subject_profile(subject(), viewer), viewer)
        ]
    assert told == [
        ("Order", "Example centre", ""),
        ("Opinion withdrawn: suspected", "Example centre", "not so"),
        ("Opinion: suspected", "centre analyst, Example centre", "one"),
        ("Verdict: watch, 0.60", "Example centre", ""),
        ("in a police case", "Example police", "A1"),
        ("Finding withdrawn", "Example centre", "a mistake"),
        ("1 finding of made up, 0.90", "Example centre", "31 calls in an hour"),
    ]
