"""Nothing is stated below thirty quizzes; rates, gain and the difference of two versions have intervals."""

import pytest
from django.utils import timezone
from tests.command.education.items_made import approved, fresh, item_of, published, quiz_draft, runs
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.education.measurements import compare_trial, count_trial, measure_lesson
from fanzha.command.education.models import EducationVersion
from fanzha.command.education.services import start_version
from fanzha.command.processes.models import Step
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def in_trial(world: World) -> tuple[EducationVersion, EducationVersion, EducationVersion]:
    """A published version, another one in trial, and the quiz."""
    first, quiz = published(world), published(world, quiz_draft())
    second = approved(world, start_version(first.item, first.created_at))
    fire(second.process, "start_trial", actor(world, "centre", Role.EDITOR), {})
    return first, fresh(second), quiz


def test_below_thirty_quizzes_nothing_is_stated(world: World) -> None:
    lesson, quiz = published(world), published(world, quiz_draft())
    runs(quiz, lesson, 29)
    assert measure_lesson(lesson) is None
    runs(quiz, lesson, 1)
    assert measure_lesson(lesson) is not None


def test_a_result_has_rates_and_a_gain_with_their_intervals(world: World) -> None:
    lesson, quiz = published(world), published(world, quiz_draft())
    runs(quiz, lesson, 60, after=1)  # every third reader found both frauds afterwards
    result = measure_lesson(lesson)
    assert result is not None and result.runs == 60
    assert result.before.hits.share == 0.5 and result.before.hits.answers == 120
    assert result.after.hits.share == pytest.approx(2 / 3)
    assert result.gain == pytest.approx(16.7, abs=0.1) and result.low < result.gain < result.high
    assert result.after.sensitivity > result.before.sensitivity


def test_suspicion_of_everything_is_no_gain(world: World) -> None:
    lesson, quiz = published(world), published(world, quiz_draft())
    runs(quiz, lesson, 40, hits_before=1, alarms_before=0, hits_after=2, alarms_after=1)
    result = measure_lesson(lesson)
    assert result is not None and result.gain == 0


def test_a_version_is_adopted_only_if_it_is_clearly_better(world: World) -> None:
    first, second, quiz = in_trial(world)
    editor = actor(world, "centre", Role.EDITOR)
    runs(quiz, first, 40, after=1, in_trial=True, day=timezone.localdate())
    runs(quiz, second, 20, in_trial=True)
    assert compare_trial(second) is None and count_trial(second) == (20, 40)
    with pytest.raises(Refusal, match="30"):
        fire(second.process, "adopt", editor, {})
    runs(quiz, second, 20, in_trial=True)
    comparison = compare_trial(second)
    assert comparison is not None and comparison.low > 0
    fire(second.process, "adopt", editor, {})
    assert item_of(first).live == second and item_of(first).trial is None
    with unscoped("test"):
        evidence = Step.objects.get(instance__ref=second.process, event="adopt").evidence
    assert (evidence["tested"], evidence["compared"]) == (40, 40) and "95 %" in evidence["effect"]


def test_a_version_that_teaches_no_better_is_dropped(world: World) -> None:
    first, second, quiz = in_trial(world)
    editor = actor(world, "centre", Role.EDITOR)
    for lesson in (first, second):
        runs(quiz, lesson, 40, after=1, in_trial=True, day=timezone.localdate())
    with pytest.raises(Refusal):
        fire(second.process, "adopt", editor, {})
    fire(second.process, "drop_trial", editor, {})
    assert item_of(first).live == first and item_of(first).trial is None and fresh(second).state == "retired"
