"""Warnings go into the outbox of `fanzha deliver` where a channel is set up for it; the outcomes become steps."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.subjects.dissuasions import begun, found_victim
from tests.command.subjects.factories import NUMBER

from fanzha.base.clock import to_ms
from fanzha.command.processes.models import Notification, ProcessInstance, Step
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.services import fire
from fanzha.command.subjects.warning_outcomes import record_outcomes
from fanzha.command.subjects.warning_states import hidden_steps, list_warning_states
from fanzha.command.warnings.selectors import shipped_wording
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import SYSTEM
from fanzha.store.warning_outbox import OutcomeKind, QueuedWarning, open_outbox

pytestmark = pytest.mark.django_db

TABLES = (
    '[deliver.smpp]\nhost = "127.0.0.1"\nsystem_id = "f"\npassword_file = "s"\nsender = "96110"\n'
    '[deliver.voice]\nproxy = "127.0.0.1"\ncaller = "96110"\n'
    '[deliver.email]\nhost = "127.0.0.1"\nsender = "warn@bureau.example"\n'
    '[deliver.app]\nurl = "https://app.example/warn"\n'
)
CHANNELS = ("text", "flash_sms", "voice", "email", "app")


@pytest.fixture
def home(home: Path) -> Path:
    (home / "fanzha.toml").write_text(TABLES)
    return home


def press(world: World, instance: ProcessInstance, event: str, evidence: Mapping[str, str] | None = None) -> None:
    fire(instance.ref, event, actor(world, "carrier", Role.CLERK), evidence or {})
    deliver_due(timezone.now())


def waiting() -> list[QueuedWarning]:
    """Return what the sender would take now."""
    with open_outbox() as outbox:
        return outbox.select_due(CHANNELS, to_ms(timezone.now()))


def end(kind: OutcomeKind, details: Mapping[str, str] | None = None) -> None:
    """Let the sender end the only warning that waits, and the site record it."""
    with open_outbox() as outbox:
        (queued,) = outbox.select_due(CHANNELS, to_ms(timezone.now()))
        outbox.end(queued.id, kind, to_ms(timezone.now()), details)
    assert record_outcomes() == 1


def last_step(instance: ProcessInstance) -> Step:
    return Step._base_manager.filter(instance=instance).order_by("-number")[0]


def states(instance: ProcessInstance) -> list[tuple[str, str]]:
    instance.refresh_from_db()
    with unscoped("a test reads the steps"):
        return [(warning.channel, warning.state) for warning in list_warning_states(instance)]


@pytest.mark.parametrize(
    ("event", "channel"), [("send_text", "text"), ("send_flash", "flash_sms"), ("send_voice", "voice"),
                           ("send_app", "app")]
)  # fmt: skip
def test_a_step_puts_one_warning_into_the_outbox(world: World, home: Path, event: str, channel: str) -> None:
    made, wording = begun(world), shipped_wording("fake_loan", channel)
    press(world, made, event)
    deliver_due(timezone.now())
    ((_, warning, _),) = waiting()
    assert (warning.channel, warning.recipient, warning.fraud_type) == (channel, NUMBER, "fake_loan")
    assert warning.words in (wording.words._replace(en=""), wording.words._replace(zh=""))
    assert warning.key == f"{made.ref}/2/{channel}/0" and warning.wording == wording.version
    assert last_step(made).event == event, "recorded as sent before it was"


def test_an_email_goes_to_the_address_of_the_step(world: World, home: Path) -> None:
    press(world, begun(world), "send_email", {"email_address": "victim@mail.example"})
    ((_, warning, _),) = waiting()
    assert (warning.channel, warning.recipient) == ("email", "victim@mail.example")


def test_a_channel_that_is_not_set_up_says_so(world: World, home: Path) -> None:
    (home / "fanzha.toml").write_text("")
    made = begun(world)
    press(world, made, "send_voice")
    assert last_step(made).event == "record_warning_failed" and not waiting()
    assert "[deliver.voice]" in last_step(made).evidence["problem"]
    assert hidden_steps() == {"send_voice", "send_app", "send_email"}


@pytest.mark.parametrize("simulated", [True, False])
def test_an_exercise_and_an_ended_dissuasion_send_nothing(world: World, home: Path, simulated: bool) -> None:
    made = begun(world, simulated=simulated)
    fire(made.ref, "send_voice", actor(world, "carrier", Role.CLERK), {})
    if not simulated:
        fire(made.ref, "confirm_dissuaded", actor(world, "carrier", Role.CLERK), {"confirmed_by": "herself"})
    deliver_due(timezone.now())
    assert not waiting()


def test_sent_and_delivered_are_steps_with_the_reference(world: World, home: Path) -> None:
    made = begun(world)
    press(world, made, "send_text")
    assert states(made) == [("Text", "waiting")]
    end(OutcomeKind.SENT, {"parts": "1"})
    step = last_step(made)
    assert (step.event, step.evidence["channel"]) == ("record_warning_sent", "text")
    assert (step.evidence["script"], step.evidence["reference"]) == ("fake_loan/1", f"{made.ref}/2/text/0")
    assert states(made) == [("Text", "sent")]


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
    made.refresh_from_db()
    with unscoped("a test reads the steps"):
        (warning,) = list_warning_states(made)
    assert (warning.state, warning.seconds, warning.wants_call) == ("answered", 17, True)
    assert not warning.is_problem and made.state == "to_contact", "a recording reaches nobody for good"


def test_a_call_that_nobody_answers_says_why(world: World, home: Path) -> None:
    made = begun(world)
    press(world, made, "send_voice")
    end(OutcomeKind.CALLED, {"result": "busy", "ring_seconds": "0"})
    assert (last_step(made).event, last_step(made).evidence["result"]) == ("record_voice_unanswered", "busy")
    assert states(made) == [("Voice call", "unanswered")]


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


def test_without_an_outbox_nothing_is_read(home: Path) -> None:
    assert record_outcomes() == 0 and not (home / "deliver").exists()


def test_a_victims_finding_is_no_obstacle(world: World, home: Path) -> None:
    found_victim(world)
    press(world, begun(world), "send_text")
    assert len(waiting()) == 1
