"""What the sender reports becomes steps of the dissuasion, each outcome once."""

import os
from pathlib import Path

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.subjects.dissuasions import begun
from tests.command.subjects.warnings_sent import end, last_step, press, set_up, states, waiting

from fanzha.base.words import Words
from fanzha.command.processes.models import Step
from fanzha.command.processes.services import fire
from fanzha.command.subjects.warning_outcomes import _has_news, record_outcomes
from fanzha.command.warnings.selectors import shipped_wording
from fanzha.command.web.roles import Role
from fanzha.processes.parties import SYSTEM
from fanzha.store.warning_outbox import (
    OutcomeKind,
    OutgoingWarning,
    WarningOutbox,
    WarningOutcome,
    open_outbox,
    outbox_path,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("peers")]


@pytest.fixture
def peers(home: Path) -> None:
    set_up(home)


def test_sent_and_delivered_are_steps_with_the_reference(world: World, home: Path) -> None:
    made = begun(world)
    press(world, made, "send_text")
    assert states(made) == [("Text", "waiting")]
    end(OutcomeKind.SENT, {"parts": "1"})
    step = last_step(made)
    assert (step.event, step.evidence["channel"]) == ("record_warning_sent", "text")
    assert (step.evidence["script"], step.evidence["reference"]) == (
        shipped_wording("fake_loan", "text").version,
        f"{made.ref}/2/text/0",
    )
    assert states(made) == [("Text", "sent")]


def test_an_outcome_that_was_recorded_by_a_killed_worker_is_not_recorded_again(world: World, home: Path) -> None:
    made = begun(world)
    press(world, made, "send_text")
    reference = f"{made.ref}/2/text/0"
    evidence = {"channel": "text", "script": "fake_loan/1", "reference": reference}
    fire(made.ref, "record_warning_sent", SYSTEM, evidence)
    end(OutcomeKind.SENT)
    assert Step._base_manager.filter(instance=made, event="record_warning_sent").count() == 1
    assert record_outcomes() == 0


def test_an_outcome_of_an_ended_or_unknown_dissuasion_is_dropped(world: World, home: Path) -> None:
    made = begun(world)
    press(world, made, "send_text")
    fire(made.ref, "confirm_dissuaded", actor(world, "carrier", Role.CLERK), {"confirmed_by": "herself"})
    end(OutcomeKind.SENT)
    assert last_step(made).event == "confirm_dissuaded" and record_outcomes() == 0


@pytest.mark.parametrize("prompt", ["speech", "own", "other"])
def test_a_wording_was_heard_only_if_it_was_played_itself(world: World, home: Path, prompt: str) -> None:
    made = begun(world)
    press(world, made, "send_voice")
    wording = shipped_wording("fake_loan", "voice").version
    played = wording.replace("/", "-") if prompt == "own" else prompt
    end(OutcomeKind.CALLED, {"result": "answered", "listened_seconds": "9", "prompt": played})
    step = last_step(made)
    assert step.event == "record_voice_answered"
    assert step.evidence.get("script") == (None if prompt == "other" else wording)


def test_an_outcome_that_cannot_be_recorded_keeps_no_other_waiting(
    world: World, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = begun(world)
    press(world, made, "send_text")
    (good,) = waiting()
    key, now = f"{made.ref}/1/voice/0", good.warning.created_at
    with open_outbox() as outbox:
        outbox.add([OutgoingWarning(key, "voice", "+8617000000900", Words("", ""), now, now + 1)])
        (broken,) = outbox.select_due(["voice"], now)
        outbox.end(broken.id, OutcomeKind.CALLED, now, {"result": "answered", "ring_seconds": "long"})
        outbox.end(good.id, OutcomeKind.SENT, now)
    record_outcomes()
    assert last_step(made).event == "record_warning_sent" and "could not be recorded" in caplog.text
    with open_outbox() as outbox:
        assert [outcome.kind for outcome in outbox.outcomes()] == [OutcomeKind.CALLED]


def test_without_an_outbox_nothing_is_read(home: Path) -> None:
    assert record_outcomes() == 0 and not (home / "deliver").exists()


def test_an_outcome_that_comes_while_the_outbox_is_read_is_found_next(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(world, begun(world), "send_text")
    read = WarningOutbox.outcomes

    def read_and_change(outbox: WarningOutbox) -> list[WarningOutcome]:
        found = read(outbox)
        os.utime(outbox_path(), ns=(1, 1))  # as a sender that writes now
        return found

    with monkeypatch.context() as patch:
        patch.setattr(WarningOutbox, "outcomes", read_and_change)
        assert record_outcomes() == 0
    assert _has_news()
