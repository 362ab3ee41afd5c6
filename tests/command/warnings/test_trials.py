"""A trial is declared by one and begun and ended by others; it says nothing on few people, and halts what does harm."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject
from tests.command.warnings.wordings_made import approved, declared, running, warn, write

from fanzha.command.audit.models import LogEntry
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.warnings.models import TrialMeasure, TrialState, WordingTrial
from fanzha.command.warnings.selectors import wording_for
from fanzha.command.warnings.trials import (
    LEAST,
    ArmShare,
    begin_trial,
    difference,
    end_trial,
    measure_trial,
    propose_trial,
    reject_trial,
    stop_trial,
    watch_trials,
)
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Reason, Refusal


def test_two_people_begin_and_two_people_end_a_trial(world: World, home: Path) -> None:
    trial, analyst, reviewer = (
        declared(world),
        world.person("carrier", Role.ANALYST),
        world.person("carrier", Role.REVIEWER),
    )
    with pytest.raises(Refusal) as refused:
        begin_trial(trial, analyst)
    assert refused.value.reason is Reason.SAME_PERSON
    begin_trial(trial, reviewer)
    trial.refresh_from_db()
    with pytest.raises(Refusal):
        reject_trial(trial, reviewer)
    with pytest.raises(Refusal):
        stop_trial(trial, " ", reviewer)
    stop_trial(trial, "enough is known", reviewer)
    trial.refresh_from_db()
    assert wording_for("fake_loan", "text", "p", owner=world["carrier"]).version.startswith("fake_loan/text/")
    with pytest.raises(Refusal) as refused:
        end_trial(trial, reviewer)
    assert refused.value.reason is Reason.SAME_PERSON
    end_trial(trial, analyst)
    trial.refresh_from_db()
    assert trial.state == TrialState.ENDED
    assert wording_for("fake_loan", "text", "p", owner=world["carrier"]).version == "fake_loan/2"
    kinds = (
        LogEntry._base_manager.filter(kind__startswith="wording_trial").order_by("pk").values_list("kind", flat=True)
    )
    assert [*kinds] == [f"wording_trial_{what}" for what in ("declared", "begun", "stopped", "ended")]


def test_one_trial_runs_at_a_time(world: World, home: Path) -> None:
    running(world)
    other, reviewer = declared(world), world.person("carrier", Role.REVIEWER)
    with pytest.raises(Refusal):
        begin_trial(other, reviewer)
    reject_trial(other, reviewer)
    assert WordingTrial._base_manager.get(pk=other.pk).state == TrialState.REJECTED


def test_only_approved_versions_of_one_wording_are_compared(world: World, home: Path) -> None:
    analyst, until = world.person("carrier", Role.ANALYST), timezone.now() + timedelta(days=9)
    one, draft = approved(world), write(world)
    for rows in ([one], [one, one], [one, draft], []):
        with pytest.raises(Refusal) as refused:
            propose_trial(world["carrier"], rows, TrialMeasure.LOSS, " ", until - timedelta(days=99), analyst)
        assert set(refused.value.fields) == {"wordings", "plan", "until"}


def test_shares_and_their_difference_are_given_from_thirty_people_on(world: World, home: Path) -> None:
    trial, now = running(world), timezone.now()
    first, second = (arm.wording.version for arm in trial.arms.select_related("wording").order_by("pk"))
    warn(world, first, ["dissuaded"] * 10 + ["unconfirmed"] * 30 + ["no_fraud"] * 5, now)
    warn(world, second, ["dissuaded"] * (LEAST - 1), now)
    one, other = measure_trial(trial, now)
    assert (one.warned, one.measured) == (45, ArmShare(10, 40)) and one.measured.share == 0.25
    assert one.measured.interval and one.measured.interval.low == pytest.approx(0.1419, abs=1e-3)
    assert other.measured.n == LEAST - 1 and other.measured.share is None and other.difference is None
    warn(world, second, ["dissuaded"], now)
    assert (gap := measure_trial(trial, now)[1].difference) is not None and gap.value == 0.75 and gap.low > 0.5


def test_the_interval_of_a_difference_is_newcombes() -> None:
    gap = difference(ArmShare(56, 70), ArmShare(48, 80))  # example of Newcombe (1998), table II
    assert gap is not None and (round(gap.low, 4), round(gap.high, 4)) == (0.0524, 0.3339)


def test_a_wording_with_more_losses_is_halted_and_the_end_waits_for_a_person(world: World, home: Path) -> None:
    trial, now = running(world), timezone.now()
    first, second = trial.arms.select_related("wording").order_by("pk")
    warn(world, first.wording.version, ["loss"] * 30 + ["dissuaded"] * 10, now)
    warn(world, second.wording.version, ["dissuaded"] * 35 + ["loss"] * 5, now)
    watch_trials(now)
    trial.refresh_from_db()
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.halted_at and not second.halted_at
    assert trial.state == TrialState.ENDING and "losses" in trial.stop_reason and trial.stopped_by is None
    versions = {wording_for("fake_loan", "text", f"p{n}", owner=world["carrier"]).version for n in range(9)}
    assert versions == {second.wording.version}
    watch_trials(now)
    end_trial(trial, world.person("carrier", Role.ANALYST))


def test_a_trial_past_its_time_asks_for_its_end(world: World, home: Path) -> None:
    trial = running(world)
    watch_trials(trial.until)
    trial.refresh_from_db()
    assert trial.state == TrialState.ENDING and "time" in trial.stop_reason


def test_a_contact_has_ended_if_nobody_finds_it_in_the_two_days_after(world: World, home: Path) -> None:
    trial, now = running(world, TrialMeasure.CONTACT_ENDED), timezone.now()
    version = trial.arms.select_related("wording").order_by("pk")[0].wording.version
    sent = now - timedelta(hours=80)
    WordingTrial._base_manager.filter(pk=trial.pk).update(started_at=sent - timedelta(hours=1))
    trial.refresh_from_db()
    people = warn(world, version, ["dissuaded"] * 3, sent)
    for place, hours in enumerate((2, 40)):
        row = subject(f"+861700000010{place}")
        finding_row(
            world["carrier"], row, fraud_type="victim_at_risk", role="victim", found_at=sent + timedelta(hours=hours)
        )
        ProcessInstance._base_manager.filter(pk=people[place].pk).update(about=row.ref)
    assert measure_trial(trial, now)[0].measured == ArmShare(2, 3)
    assert measure_trial(trial, now - timedelta(hours=20))[0].measured == ArmShare(0, 0)
