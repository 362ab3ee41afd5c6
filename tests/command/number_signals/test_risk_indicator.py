"""Verdicts in force give grades; an earlier holder's give none; precision is counted from feedback."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.command.number_signals.bank_world import number
from tests.command.people import World
from tests.command.reports.reports_made import taken_in

from fanzha.command.number_signals.models import IndicatorFeedback
from fanzha.command.number_signals.risk_indicator import (
    MOST_DAYS,
    find_indicator,
    grade_of,
    is_worked_on,
    precision_of,
    precision_table,
    strongest,
)
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.subjects.canonical import canonicalize
from fanzha.command.subjects.models import VerdictRow
from fanzha.command.subjects.registry import get_or_create_subject

NUMBER = number(77)


def verdict(world: World, level: str, score: float, **fields: object) -> VerdictRow:
    now = timezone.now()
    subject = get_or_create_subject(canonicalize("phone_number", NUMBER), now)
    plain = {
        "treatment": "label",
        "marking": "amber",
        "fraud_type": "fake_invest",
        "since": now - timedelta(days=3),
        "decided_by": "somebody",
    }
    return VerdictRow._base_manager.create(
        subject=subject, owner=world["carrier"], level=level, score=score, **(plain | fields)
    )


def ask(world: World, holder_from: datetime | None = None) -> dict[str, Any] | None:
    return find_indicator(NUMBER, world["carrier"].pk, world["bank"].pk, holder_from=holder_from, now=timezone.now())


@pytest.mark.parametrize(
    ("level", "score", "grade"),
    [
        ("suspected", 0.95, "very_high"),
        ("suspected", 0.9, "very_high"),
        ("suspected", 0.7, "high"),
        ("suspected", 0.69, "medium"),
        ("watch", 0.99, "medium"),
        ("clear", 0.99, None),
    ],
)
def test_grades(level: str, score: float, grade: str | None) -> None:
    assert grade_of(level, score, is_decided=True) == grade
    assert grade_of(level, score, is_decided=False) == (grade and "medium")


def test_every_indicator_expires(world: World) -> None:
    verdict(world, "suspected", 0.8, until=None)
    found, longest = ask(world), timezone.now() + MOST_DAYS
    assert found is not None and longest - timedelta(minutes=5) < datetime.fromisoformat(found["expiresAt"]) <= longest


def test_an_indicator_says_why_and_until_when(world: World) -> None:
    until = timezone.now() + timedelta(days=2)
    verdict(world, "suspected", 0.8, until=until)
    found = ask(world)
    assert found is not None and found["grade"] == "high" and found["expiresAt"] == until.isoformat()
    assert found["reason"] == {"code": "fake_invest", "zh": "虚假网络投资理财", "en": "fake online investment"}
    assert found["precision"]["n"] == 0 and found["precision"]["share"] is None
    assert find_indicator(NUMBER, world["police"].pk, 1, holder_from=None, now=timezone.now()) is None


@pytest.mark.parametrize("field", [{"ingress": "international_gateway"}, {"simulated": True}, {"marking": "TLP:RED"}])
def test_a_verdict_on_forged_calls_an_exercise_or_a_secret_gives_none(world: World, field: dict[str, object]) -> None:
    verdict(world, "suspected", 0.95, **field)
    assert ask(world) is None


def test_a_machines_verdict_is_medium_and_says_so(world: World) -> None:
    verdict(world, "suspected", 0.95, decided_by="")
    found = ask(world)
    assert found is not None and (found["grade"], found["decidedBy"]) == ("medium", "machine")


def test_a_lifted_an_expired_and_an_earlier_holders_verdict_give_none(world: World) -> None:
    row = verdict(world, "suspected", 0.8)
    assert ask(world, holder_from=timezone.now() - timedelta(days=1)) is None
    assert ask(world, holder_from=timezone.now() - timedelta(days=9)) is not None
    VerdictRow._base_manager.update(until=timezone.now() - timedelta(seconds=1))
    assert ask(world) is None
    VerdictRow._base_manager.filter(pk=row.pk).update(until=None, superseded_at=timezone.now())
    assert ask(world) is None


def test_nobody_is_worked_on_without_a_process(world: World, home: Path) -> None:
    verdict(world, "watch", 0.5)
    assert not is_worked_on(NUMBER, world["carrier"].pk)


def test_a_running_dissuasion_of_the_present_holder_is_work(world: World, home: Path) -> None:
    now = timezone.now()
    subject = get_or_create_subject(canonicalize("phone_number", NUMBER), now)
    process = taken_in(world)
    ProcessInstance._base_manager.update(process="dissuasion", owner=world["carrier"], about=subject.ref)
    owner = world["carrier"].pk
    assert is_worked_on(NUMBER, owner) and not is_worked_on(NUMBER, world["police"].pk)
    assert is_worked_on(NUMBER, owner, process.opened_at)
    assert not is_worked_on(NUMBER, owner, process.opened_at + timedelta(seconds=1))
    ProcessInstance._base_manager.update(ended_at=now)
    assert not is_worked_on(NUMBER, owner)


def test_precision_has_n_and_an_interval(world: World) -> None:
    for place in range(10):
        IndicatorFeedback._base_manager.create(
            owner=world["bank"],
            stated_by=world["carrier"],
            indicator=str(place),
            grade="high",
            outcome="false" if place == 0 else "confirmed",
            stopped_cny=100 if place == 1 else None,
            at=timezone.now(),
        )
    row = precision_of(world["carrier"].pk, "high")
    assert (row.n, row.confirmed, row.share, row.stopped_cny, row.amounts) == (10, 9, 0.9, 100.0, 1)
    assert (row.low, row.high) == (0.555, 0.9975)  # Clopper and Pearson
    assert [line.n for line in precision_table(world["carrier"].pk)] == [0, 10, 0]


def test_the_highest_grade_counts() -> None:
    assert strongest([{"grade": "medium"}, {"grade": "very_high"}, {"grade": "high"}]) == {"grade": "very_high"}
    assert strongest([]) is None
