"""Warnings go into the outbox of `fanzha deliver` where a channel is set up for it."""

from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.subjects.dissuasions import begun, found_victim
from tests.command.subjects.factories import NUMBER
from tests.command.subjects.warnings_sent import last_step, press, set_up, waiting

from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.services import fire
from fanzha.command.subjects.warning_states import hidden_steps
from fanzha.command.warnings.selectors import shipped_wording
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("peers")]


@pytest.fixture
def peers(home: Path) -> None:
    set_up(home)


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


def test_a_victims_finding_is_no_obstacle(world: World, home: Path) -> None:
    found_victim(world)
    press(world, begun(world), "send_text")
    assert len(waiting()) == 1
