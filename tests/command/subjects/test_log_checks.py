"""An opinion that was changed, removed or added behind the log is found by its id, which the log records."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.audit.verification import verify
from fanzha.command.subjects.models import OpinionRow
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions, retract_opinion
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


@pytest.fixture
def opinion(world: World) -> Iterator[OpinionRow]:
    with unscoped("test"):
        draft = OpinionDraft(level=Level.SUSPECTED, score=1, reason=Words("回访", "called back"))
        (row,) = give_opinions([subject()], draft, world.viewer("carrier", Role.ANALYST), timezone.now())
        yield row


def faults() -> list[str]:
    return [str(fault) for fault in verify().faults]


def test_an_opinion_matches_the_log_also_after_it_is_withdrawn(world: World, opinion: OpinionRow) -> None:
    assert faults() == []
    retract_opinion(opinion, "a mistake", world.viewer("carrier", Role.ANALYST), timezone.now())
    assert faults() == []
    OpinionRow.objects.update(withdrawn_at=None)
    assert "the withdrawal of opinion" in faults()[0]


@pytest.mark.parametrize(
    "columns",
    [{"level": "confirmed"}, {"level": "none"}, {"score": 0.1}, {"reason_zh": "无"}, {"until": timezone.now()}],
)
def test_a_changed_opinion_is_named(opinion: OpinionRow, columns: dict[str, object]) -> None:
    OpinionRow.objects.update(**columns)
    assert f"opinion {opinion.opinion_id} was changed" in faults()[0]


def test_an_opinion_that_is_missing_or_was_added_is_named(opinion: OpinionRow) -> None:
    OpinionRow.objects.update(opinion_id="5e" * 16)
    _row, first, second = sorted(faults(), key=lambda fault: "row" not in fault)
    assert f"opinion {opinion.opinion_id} is missing" in first + second
    assert f"opinion {'5e' * 16} is not on record" in first + second
