"""The page of a victim says what became of each warning, and when somebody has to call."""

from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.dissuasions import begun
from tests.command.subjects.warnings_sent import end, last_step, press, set_up, states, warnings

from fanzha.command.processes.models import Notification, Step
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.store.warning_outbox import OutcomeKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("peers")]


@pytest.fixture
def peers(home: Path) -> None:
    set_up(home)


@pytest.mark.parametrize(
    ("kind", "event", "state"),
    [
        (OutcomeKind.FAILED, "record_warning_failed", "failed"),
        (OutcomeKind.UNKNOWN, "record_warning_unknown", "unknown"),
        (OutcomeKind.UNDELIVERED, "record_warning_undelivered", "undelivered"),
    ],
)
def test_the_desk_is_told_to_call_when_a_warning_may_not_have_come(
    world: World, home: Path, kind: OutcomeKind, event: str, state: str
) -> None:
    made = begun(world)
    press(world, made, "send_text")
    end(kind, {"problem": "EXPIRED 001"})
    assert (last_step(made).event, last_step(made).evidence["problem"]) == (event, "EXPIRED 001")
    assert states(made) == [("Text", state)]
    deliver_due(timezone.now())
    assert Notification._base_manager.filter(owner=world["carrier"], text_en__contains="warning").exists()


def test_an_answered_call_says_how_long_she_listened_and_that_she_wants_a_call(world: World, home: Path) -> None:
    made = begun(world)
    press(world, made, "send_voice")
    details = {"result": "answered", "ring_seconds": "3", "listened_seconds": "17", "keys": "1", "call_back": "yes"}
    end(OutcomeKind.CALLED, details)
    events = list(Step._base_manager.filter(instance=made).order_by("number").values_list("event", flat=True))
    assert events[-2:] == ["record_voice_answered", "record_call_back_request"]
    (warning,) = warnings(made)
    assert (warning.state, warning.seconds, warning.wants_call) == ("answered", 17, True)
    assert not warning.is_problem and made.state == "to_contact", "a recording reaches nobody for good"


def test_a_call_that_nobody_answers_says_why(world: World, home: Path) -> None:
    made = begun(world)
    press(world, made, "send_voice")
    end(OutcomeKind.CALLED, {"result": "busy", "ring_seconds": "0"})
    assert (last_step(made).event, last_step(made).evidence["result"]) == ("record_voice_unanswered", "busy")
    assert states(made) == [("Voice call", "unanswered")]
