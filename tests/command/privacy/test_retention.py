"""Rows go after their period, in batches that a killed run resumes; what is needed stays; the log verifies."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.command.audit.rereviews import SUBJECT, verifying
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.audit.models import LogEntry, PersonKey
from fanzha.command.audit.services import recorded
from fanzha.command.audit.verification import verify
from fanzha.command.campaigns.models import Campaign, CampaignState, Placement
from fanzha.command.exports.models import Unmasking
from fanzha.command.organizations.models import Organization, RefusedDisclosure
from fanzha.command.privacy import retention
from fanzha.command.privacy.models import RetentionRun
from fanzha.command.privacy.retention import (
    apply_retention,
    is_retention_due,
    last_runs,
    preview_retention,
    tables_without_period,
)
from fanzha.command.privacy.retention_classes import table_retentions
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.services import fire
from fanzha.command.subjects.models import FindingRow, OpinionRow, Presence, Subject
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions, retract_opinion
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

NOW = timezone.now()
OLD = NOW - timedelta(days=4_000)


@pytest.fixture(autouse=True)
def all_rows() -> Iterator[None]:
    with unscoped("test"):
        yield


def unmasking(owner: Organization, at: datetime, number: int = 0) -> Unmasking:
    return Unmasking.objects.create(
        owner=owner, actor="x", subject=f"{number:026}", kind="phone_number", shown="+86 17•", purpose="a call", at=at
    )


def run(now: datetime = NOW, **more: Any) -> dict[str, RetentionRun]:
    return {one.table: one for one in apply_retention(now, max_seconds=60, **more)}


def end(process: ProcessInstance, at: datetime = OLD) -> None:
    ProcessInstance.objects.filter(pk=process.pk).update(ended_at=at)


def dropped(world: World) -> ProcessInstance:
    """A card re-review that ended without a measure."""
    review, _name = verifying(world, b"")
    fire(review.ref, "pass_verification", actor(world, "carrier", Role.REVIEWER), {})
    return review


def test_rows_past_their_period_go_and_younger_ones_stay(world: World) -> None:
    young = unmasking(world["carrier"], NOW - timedelta(days=365))
    unmasking(world["carrier"], NOW - timedelta(days=367))
    assert run()["exports.Unmasking"].deleted == 1
    assert list(Unmasking.objects.all()) == [young]


def test_refused_disclosures_go_after_their_period(world: World) -> None:
    RefusedDisclosure.objects.create(owner=world["carrier"], actor="x", day=1, first_at=OLD, last_at=OLD)
    assert run()["organizations.RefusedDisclosure"].deleted == 1
    assert not RefusedDisclosure.objects.exists()


def test_a_preview_counts_and_changes_nothing(world: World) -> None:
    unmasking(world["carrier"], OLD)
    (found,) = (one for one in preview_retention(NOW) if one.table.label == "exports.Unmasking")
    assert (found.due, found.held, found.oldest_at) == (1, 0, OLD)
    assert Unmasking.objects.count() == 1 and not RetentionRun.objects.exists()


def test_a_killed_run_resumes_after_its_last_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        unmasking(world["carrier"], OLD, number)
    monkeypatch.setattr(retention, "BATCH_ROWS", 2)
    original, calls = retention.delete_rows, list[int]()

    def killed(*arguments: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(retention, "delete_rows", killed)
    with pytest.raises(KeyboardInterrupt):
        run()
    interrupted = RetentionRun.objects.get(table="exports.Unmasking")
    assert interrupted.finished_at is None and interrupted.deleted == 2 and Unmasking.objects.count() == 3
    assert is_retention_due(NOW)
    resumed = run()["exports.Unmasking"]
    assert resumed.pk == interrupted.pk and resumed.finished_at and resumed.deleted == 5
    assert not Unmasking.objects.exists()


def test_a_run_stops_when_its_time_is_over_and_the_next_call_goes_on(world: World) -> None:
    unmasking(world["carrier"], OLD)
    assert apply_retention(NOW, max_seconds=-1) == []
    assert Unmasking.objects.count() == 1
    assert run()["exports.Unmasking"].deleted == 1


def test_a_table_is_gone_through_once_a_day_unless_forced(world: World) -> None:
    assert is_retention_due(NOW)
    run()
    assert not is_retention_due(NOW) and run() == {}
    assert "exports.Unmasking" in run(is_forced=True)
    assert is_retention_due(NOW + timedelta(days=1, seconds=1))


def test_a_setting_that_was_lengthened_counts_for_an_interrupted_run(world: World, home: Any) -> None:
    unmasking(world["carrier"], NOW - timedelta(days=400))
    RetentionRun.objects.create(
        table="exports.Unmasking", days=366, before=NOW - timedelta(days=366), started_at=NOW - timedelta(hours=1)
    )
    (home / "fanzha.toml").write_text('[retention]\n"exports.Unmasking" = 500\n')
    assert run()["exports.Unmasking"].deleted == 0
    assert Unmasking.objects.count() == 1


def test_an_ended_process_goes_with_its_steps_and_the_log_explains_it(world: World) -> None:
    review = dropped(world)
    end(review)
    assert verify().faults == [], "the time of its end is no part of the log"
    assert run()["flows.ProcessInstance"].deleted == 1
    assert not Step.objects.exists() and not ProcessInstance.objects.exists()
    entry = LogEntry.objects.get(kind="rows_deleted")
    assert entry.about == review.ref and "PIPL47" in entry.facts
    result = verify()
    assert result.faults == []
    counted = {item.reason.en: item.quantity for item in result.unchecked}
    assert counted["processes that were deleted after their period or on request"] == 1


def test_a_process_that_is_missing_without_a_record_is_still_a_fault(world: World) -> None:
    review, other = dropped(world), drafted(world)
    end(review)
    run()
    with recorded():  # the targets of the order are on record as deleted, the order is not
        ProcessInstance.objects.filter(pk=other.pk).delete()
    (fault,) = verify().faults
    assert f"process {other.ref} is missing" in str(fault)


def test_personal_values_of_a_process_about_nobody_become_unreadable(world: World) -> None:
    order = drafted(world)
    end(order)
    assert PersonKey.objects.get(person=order.ref).wrapped is not None
    run()
    assert PersonKey.objects.get(person=order.ref).wrapped is None
    assert verify().faults == []


def test_open_processes_are_never_touched(world: World) -> None:
    drafted(world)
    assert run()["flows.ProcessInstance"].deleted == 0
    assert ProcessInstance.objects.count() == 1


def test_an_ended_process_is_held_while_another_about_its_subject_is_open(world: World) -> None:
    review = dropped(world)
    end(review)
    appeal, _name = verifying(world, b"another")
    assert appeal.about == review.about == SUBJECT
    found = run()["flows.ProcessInstance"]
    assert (found.deleted, found.held) == (0, 1)
    end(appeal)
    assert run(is_forced=True)["flows.ProcessInstance"].deleted == 2


def test_findings_go_after_their_period_and_stay_for_an_open_process(world: World) -> None:
    about = subject()
    finding_row(world["carrier"], about, found_at=OLD, valid_until=OLD)
    order = drafted(world)
    ProcessInstance.objects.filter(pk=order.pk).update(about=about.ref)
    found = run()["subjects.FindingRow"]
    assert (found.deleted, found.held) == (0, 1)
    end(order, NOW)
    assert run(is_forced=True)["subjects.FindingRow"].deleted == 1


@pytest.mark.parametrize(("state", "held"), [(CampaignState.OPEN, 1), (CampaignState.CLEARED, 0)])
def test_findings_stay_while_somebody_works_on_their_campaign(world: World, state: CampaignState, held: int) -> None:
    about, owner = subject(), world["carrier"]
    finding_row(owner, about, found_at=OLD, valid_until=OLD)
    campaign = Campaign.objects.create(owner=owner, first_at=OLD, last_at=NOW, state=state)
    Placement.objects.create(
        campaign=campaign, owner=owner, subject=about, heat=0, marking="tlp-amber", first_at=OLD, last_at=NOW
    )
    found = run()["subjects.FindingRow"]
    assert (found.deleted, found.held) == (1 - held, held)


def test_a_subject_that_nothing_refers_to_any_more_goes_with_its_totals(world: World) -> None:
    about = subject()
    Subject.objects.update(created_at=OLD)
    finding_row(world["carrier"], about, found_at=OLD, valid_until=OLD)
    Presence.objects.update(last_at=OLD)
    for _day in range(3):
        run(is_forced=True)
    assert not FindingRow.objects.exists() and not Presence.objects.exists() and not Subject.objects.exists()


def test_a_withdrawn_opinion_goes_and_the_log_explains_it(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    draft = OpinionDraft(level=Level.SUSPECTED, score=1, reason=Words("回访", "called back"))
    (row,) = give_opinions([subject()], draft, viewer, NOW)
    retract_opinion(row, "a mistake", viewer, NOW)
    later = NOW + timedelta(days=1_900)
    assert run(later)["subjects.OpinionRow"].deleted == 1
    assert not OpinionRow.objects.exists()
    result = verify()
    assert result.faults == []
    counted = {item.reason.en: item.quantity for item in result.unchecked}
    assert counted["opinions that were deleted after their period or on request"] == 1


def test_a_run_that_deleted_is_on_record(world: World) -> None:
    unmasking(world["carrier"], OLD)
    run()
    (entry,) = LogEntry.objects.filter(kind="retention_applied")
    assert '"table":"exports.Unmasking"' in entry.facts and '"rows":1' in entry.facts
    assert last_runs()["exports.Unmasking"].deleted == 1


def test_the_last_run_of_each_table_is_found(world: World) -> None:
    run()
    second = run(is_forced=True)
    assert last_runs()["exports.Unmasking"] == second["exports.Unmasking"]


def test_tables_without_a_period_are_listed_apart() -> None:
    labels = {table.label for table in tables_without_period()}
    assert "evidence.LogEntry" in labels and "exports.Unmasking" not in labels
    assert labels < table_retentions().keys()
