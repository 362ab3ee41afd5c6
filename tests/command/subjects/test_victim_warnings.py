"""A victim gets the text of her kind of fraud by the gateway; what became of it is a step, and the desk is told."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.orders.receiving import Receiver
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.subjects.dissuasions import begun, found_victim
from tests.command.subjects.factories import NUMBER

from fanzha.command.processes.models import Notification, ProcessInstance, Step
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.services import fire
from fanzha.command.subjects.victim_warnings import preview_warning
from fanzha.command.warnings.selectors import shipped_wording
from fanzha.command.web.roles import Role
from fanzha.warn import find_call_script

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("socket_enabled")]


@pytest.fixture
def gateway(home: Path) -> Receiver:
    """An SMS gateway that the settings name; it runs while a test enters it."""
    made = Receiver()
    (home / "keys").mkdir(mode=0o700)
    (home / "keys" / "sms").write_text("not-to-be-seen\n")
    (home / "keys" / "sms").chmod(0o600)
    (home / "fanzha.toml").write_text(
        f'[warn]\nurl = "{made.address}/cgi-bin/sendsms"\nusername = "fanzha"\npassword_file = "sms"\n'
        'sender = "96110"\nlocal_addresses = true\n'
    )
    return made


def steps(instance: ProcessInstance) -> list[tuple[str, dict[str, object]]]:
    rows = Step._base_manager.filter(instance=instance).order_by("number")
    return [(row.event, row.evidence) for row in rows]


def press(world: World, instance: ProcessInstance, event: str) -> None:
    fire(instance.ref, event, actor(world, "carrier", Role.CLERK), {})
    deliver_due(timezone.now())


def test_a_text_and_a_flash_sms_go_out_with_the_words_of_her_kind_of_fraud(world: World, gateway: Receiver) -> None:
    found_victim(world)
    made, script = begun(world), find_call_script("fake_loan")
    with gateway:
        press(world, made, "send_text")
        press(world, made, "send_flash")
    (_, text, body), (_, flash, flash_body) = gateway.got
    assert (text["x-kannel-to"], body.decode()) == (NUMBER, script.text.zh) and "x-kannel-mclass" not in text
    assert (flash["x-kannel-mclass"], flash_body.decode()) == ("0", script.flash.zh)
    sent = [evidence for event, evidence in steps(made) if event == "record_warning_sent"]
    assert sent == [{"channel": "text", "script": script.name}, {"channel": "flash_sms", "script": script.name}]


def test_without_a_gateway_the_desk_is_told_to_call(world: World, home: Path) -> None:
    made = begun(world)
    press(world, made, "send_text")
    event, evidence = steps(made)[-1]
    assert event == "record_warning_failed" and "no SMS gateway" in str(evidence["problem"])
    deliver_due(timezone.now())
    assert Notification._base_manager.filter(owner=world["carrier"], text_en__contains="call the person").exists()


def test_an_exercise_sends_nothing(world: World, gateway: Receiver) -> None:
    made = begun(world, simulated=True)
    with gateway:
        press(world, made, "send_text")
    assert not gateway.got and steps(made)[-1][0] == "record_warning_failed"


def test_a_gateway_that_is_away_is_tried_again_and_given_up_while_it_matters(world: World, gateway: Receiver) -> None:
    made = begun(world)
    gateway.status = 503
    with gateway:
        press(world, made, "send_text")
        assert steps(made)[-1][0] == "send_text"
        Step._base_manager.filter(instance=made).update(at=timezone.now() - timedelta(minutes=6))
        deliver_due(timezone.now() + timedelta(seconds=2))
    assert steps(made)[-1][0] == "record_warning_failed" and len(gateway.got) == 1


def test_once_the_dissuasion_has_ended_nothing_is_sent(world: World, gateway: Receiver) -> None:
    made = begun(world)
    clerk = actor(world, "carrier", Role.CLERK)
    fire(made.ref, "send_text", clerk, {})
    fire(made.ref, "confirm_dissuaded", clerk, {"confirmed_by": "herself"})
    with gateway:
        deliver_due(timezone.now())
    made.refresh_from_db()
    assert not gateway.got
    assert made.state == "dissuaded" and steps(made)[-1][0] == "confirm_dissuaded"


@pytest.mark.parametrize(("channel", "parts"), [("text", (1, 3)), ("flash_sms", (1, 1))])
def test_a_warning_is_shown_before_it_is_sent_as_it_arrives(channel: str, parts: tuple[int, int]) -> None:
    preview = preview_warning(channel, shipped_wording("investment", channel).words)
    assert preview.text and preview.characters == len(preview.text)
    assert parts[0] <= preview.parts <= parts[1]
