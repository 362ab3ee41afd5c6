"""A fresh, live finding of a victim that the settings name warns her at once and once; no other finding does."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.dissuasions import begun
from tests.command.subjects.factories import NUMBER, finding_row, subject
from tests.command.subjects.warnings_sent import TABLES, waiting

from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.subjects import automatic_warnings
from fanzha.command.subjects.automatic_warnings import AutomaticRules, warn_automatically
from fanzha.command.subjects.warning_settings import WarningSettings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin each test as a worker that has just started."""
    monkeypatch.setattr(automatic_warnings, "_cursor", automatic_warnings._Cursor())


@pytest.fixture
def home(home: Path) -> Path:
    allow(home, '"any/high"')
    return home


def allow(home: Path, names: str, more: str = "") -> None:
    (home / "fanzha.toml").write_text(f"[warn]\nautomatic = [{names}]\n{more}{TABLES}")


def found(world: World, **changes: Any) -> None:
    now = timezone.now()
    values: dict[str, Any] = {"fraud_type": "fake_loan", "role": "victim", "mode": "live", "score": 0.95,
                              "found_at": now, "valid_until": now + timedelta(hours=1), **changes}  # fmt: skip
    finding_row(world["carrier"], subject(NUMBER), **values)


def opened() -> list[ProcessInstance]:
    return list(ProcessInstance._base_manager.filter(process="dissuasion"))


def test_she_is_warned_at_once_and_once(world: World, home: Path) -> None:
    found(world)
    assert warn_automatically() == 1
    found(world)
    assert warn_automatically() == 0
    (made,) = opened()
    assert (made.about, made.state, made.owner) == (subject(NUMBER).ref, "to_contact", world["carrier"])
    steps = Step._base_manager.filter(instance=made).order_by("number")
    assert [(step.event, step.actor) for step in steps] == [
        ("open", "detector:made-up"),
        ("send_text", "detector:made-up"),
    ]
    assert steps[0].evidence["fraud_type"] == "fake_loan" and steps[0].evidence["grade"] == "high"
    deliver_due(timezone.now())
    ((_, warning, _),) = waiting()
    assert (warning.channel, warning.recipient) == ("text", NUMBER)


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "shadow"},
        {"simulated": True},
        {"role": "suspect", "fraud_type": "fake_loan"},
        {"score": 0.8},
        {"found_at": timezone.now() - timedelta(minutes=6)},
        {"withdrawn_at": timezone.now()},
    ],
)
def test_another_finding_warns_nobody(world: World, home: Path, changes: dict[str, Any]) -> None:
    found(world, **changes)
    assert warn_automatically() == 0 and not opened()


def test_records_that_come_as_files_warn_from_their_arrival_where_the_settings_allow_their_age(
    world: World, home: Path
) -> None:
    allow(home, '"any/high"', "automatic_minutes = 60\n")
    found(world, found_at=timezone.now() - timedelta(minutes=61))
    assert warn_automatically() == 0
    found(world, found_at=timezone.now() - timedelta(minutes=40))
    assert warn_automatically() == 1
    deliver_due(timezone.now())
    ((_, warning, _),) = waiting()
    assert warning.recipient == NUMBER


def test_without_settings_nobody_is_warned_without_an_act(world: World, home: Path) -> None:
    allow(home, "")
    found(world)
    assert warn_automatically() == 0 and not opened()


def test_one_who_is_suspected_too_is_not_warned_by_itself(world: World, home: Path) -> None:
    found(world, role="suspect")
    found(world)
    assert warn_automatically() == 0


def test_one_whom_somebody_reaches_is_left_to_them(world: World, home: Path) -> None:
    made = begun(world)
    found(world)
    assert warn_automatically() == 0 and opened() == [made]


def test_a_restarted_worker_warns_nobody_again(world: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found(world)
    assert warn_automatically() == 1
    monkeypatch.setattr(automatic_warnings, "_cursor", automatic_warnings._Cursor())
    assert warn_automatically() == 0 and len(opened()) == 1


def test_the_settings_choose_channels_and_bound_an_hour(world: World, home: Path) -> None:
    allow(home, '"fake_loan"', 'automatic_channels = ["flash_sms", "voice"]\nautomatic_per_hour = 1\n')
    found(world)
    now = timezone.now()
    finding_row(world["carrier"], subject("+8617000000777"), fraud_type="fake_loan", role="victim", mode="live",
                score=0.9, found_at=now, valid_until=now + timedelta(hours=1))  # fmt: skip
    assert warn_automatically() == 1
    (made,) = opened()
    events = Step._base_manager.filter(instance=made).order_by("number").values_list("event", flat=True)
    assert list(events) == ["open", "send_flash", "send_voice"]


def test_what_the_hour_has_no_room_for_waits_and_the_most_urgent_goes_first(
    world: World, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    allow(home, '"any"', "automatic_per_hour = 1\nautomatic_minutes = 90\n")
    found(world, score=0.8)
    now = timezone.now()
    values: dict[str, Any] = {"fraud_type": "fake_loan", "role": "victim", "mode": "live", "score": 0.95}
    values |= {"found_at": now, "valid_until": now + timedelta(hours=2)}
    urgent = finding_row(world["carrier"], subject("+8617000000777"), **values)
    assert [warn_automatically() for _ in range(3)] == [1, 0, 0]
    assert [made.about for made in opened()] == [urgent.subject.ref]
    assert caplog.text.count("automatic_per_hour is used up") == 1
    automatic_warnings._cursor.opened[0] -= timedelta(hours=1)
    assert warn_automatically() == 1 and {made.about for made in opened()} == {urgent.subject.ref, subject(NUMBER).ref}


@pytest.mark.parametrize(
    ("automatic", "allowed"),
    [(["any"], True), (["fake_loan"], True), (["fake_loan/high"], False), (["fake_loan/medium"], True),
     (["long-stay"], True), (["romance"], False), (["romance", "any/low"], True)],
)  # fmt: skip
def test_an_entry_names_a_kind_or_a_detector_and_the_least_urgency(automatic: list[str], allowed: bool) -> None:
    rules = AutomaticRules.parse(WarningSettings(automatic=tuple(automatic)))
    assert rules.allow("long-stay", "fake_loan", "medium") == allowed
