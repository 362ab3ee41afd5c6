"""Parts of a leg are counted by the places of its targets, each once; an answer of nothing known has none."""

import pytest
from django.utils import timezone
from tests.command.orders.given import leg_of
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.orders.answer_progress import clear_progress, load_progress
from fanzha.command.orders.models import AnsweredTarget
from fanzha.dispose import Answer, AnswerState, Target

pytestmark = pytest.mark.usefixtures("own_home")
NUMBER = Target("phone_number", "+8617000001234")


def build_answer(*targets: Target, state: AnswerState = AnswerState.EXECUTED, undo: bool = False) -> Answer:
    return Answer(leg="o/1", state=state, at=1, targets=targets, reason="so", undo=undo)


def test_a_part_is_kept_once_and_by_its_place_alone(world: World) -> None:
    leg = leg_of(issued(world, receivers=("carrier",)))
    for _ in range(2):
        parts = load_progress(leg, build_answer(NUMBER))
        assert parts is not None and (parts.count_done(), parts.count_remaining()) == (1, 0)
        parts.save(timezone.now())
    row = AnsweredTarget.objects.get()
    assert (row.place, row.state, row.is_undo) == (0, "executed", False) and "17000001234" not in str(row)
    clear_progress(leg)
    assert not AnsweredTarget.objects.exists()


def test_what_is_said_again_is_nothing_new_while_the_leg_is_partly_done(world: World) -> None:
    leg = leg_of(issued(world, receivers=("carrier",)))
    first = load_progress(leg, build_answer(NUMBER))
    assert first is not None and first.is_new
    first.save(timezone.now())
    leg.state = "partial"
    again, other = (
        load_progress(leg, build_answer(NUMBER)),
        load_progress(leg, build_answer(NUMBER, state=AnswerState.FAILED)),
    )
    assert again is not None and not again.is_new and other is not None and other.is_new


def test_targets_of_no_kind_or_of_another_order_are_nothing(world: World) -> None:
    leg = leg_of(issued(world, receivers=("carrier",)))
    for one in (Target("phone_number", "+8617000009999"), Target("phone_number", "x"), Target("spaceship", "x")):
        assert load_progress(leg, build_answer(one)) is None


def test_all_that_is_named_is_to_be_lifted_where_nothing_was_told_of_parts(world: World) -> None:
    leg = leg_of(issued(world, receivers=("carrier",)))
    parts = load_progress(leg, build_answer(NUMBER, undo=True))
    assert parts is not None and parts.expected == {0}
