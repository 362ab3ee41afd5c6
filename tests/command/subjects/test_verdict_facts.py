"""A verdict comes with the opinion that supports it, at the level that the organisation stated."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.subjects.services import OpinionDraft, give_opinions
from fanzha.command.subjects.verdict_facts import VerdictFacts, select_verdict_facts
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_verdicts
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def facts(world: World) -> list[VerdictFacts]:
    with unscoped("test"):
        return select_verdict_facts(world["centre"].pk, [subject().pk])


def say(world: World, level: Level) -> None:
    draft = OpinionDraft(level, score=1.0, reason=Words("甲", "a"))
    give_opinions([subject()], draft, world.viewer("centre", Role.ANALYST), timezone.now())


def test_what_people_state_is_not_below_their_own_opinion(world: World) -> None:
    say(world, Level.SUSPECTED)
    (found,) = facts(world)
    assert (found.level, found.score, found.has_decision, found.has_finding) == ("suspected", 1.0, True, False)
    assert found.reason == Words("甲", "a") and found.subject == subject().value


def test_findings_alone_are_no_decision(world: World) -> None:
    now = timezone.now()
    finding_row(world["centre"], found_at=now, valid_until=now + timedelta(days=1))
    with unscoped("test"):
        refresh_verdicts({SubjectOwner(subject().pk, world["centre"].pk)}, now)
    (found,) = facts(world)
    assert (found.has_decision, found.has_finding, found.findings) == (False, True, 1)


def test_whom_people_cleared_is_not_stated_to_be_suspected(world: World) -> None:
    say(world, Level.CLEAR)
    assert not any(one.has_decision for one in facts(world))
