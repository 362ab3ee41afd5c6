"""The screens are told what holds now: by the operator's evidence, by orders, with the police case beside."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.command.subjects.factories import AT, NUMBER, finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.base.marking import Marking
from fanzha.claims.opinion import Opinion
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import CaseStatus, Level
from fanzha.command.subjects.decisions import DecisionDraft, record_decision
from fanzha.command.subjects.models import PoliceCase, Unpublished
from fanzha.command.subjects.subject_publication import (
    publish_queued,
    publish_subjects,
    queue_publication,
    screen_operator,
)
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_verdicts
from fanzha.command.web.scoping import unscoped
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.store.decisions import DecisionLog
from fanzha.store.snapshots import SnapshotStore

THING = ("phone_number", NUMBER)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


def operated(home: Path, name: str) -> None:
    (home / "fanzha.toml").write_text(f'[verdicts]\norganisation = "{name}"\n')


def served() -> SnapshotEntry | None:
    state = SnapshotStore().state()
    return MappedSnapshot(state.base, state.deltas).number(NUMBER) if state else None


def refused() -> Opinion:
    return Opinion(
        organization="the centre",
        subject_kind=THING[0],
        subject=THING[1],
        level=Level.SUSPECTED,
        given_at=to_ms(AT),
        until=to_ms(AT + timedelta(days=1)),
        decision=True,
        treatment=Treatment.REFUSE,
        basis="ATF Art. 32",
    )


def test_the_operator_is_named_by_ref_or_name(world: World, home: Path) -> None:
    assert screen_operator() is None
    for name in (world["carrier"].ref, "Example carrier", "示例carrier"):
        operated(home, name)
        assert screen_operator() == world["carrier"]
    operated(home, "nobody")
    assert screen_operator() is None


def test_a_verdict_of_the_operator_is_served_and_goes_when_its_finding_does(world: World, home: Path) -> None:
    operated(home, "Example carrier")
    row = finding_row(world["carrier"])
    pair = SubjectOwner(row.subject_id, row.owner_id)
    with unscoped("test"):
        refresh_verdicts([pair], AT)
        assert publish_queued(AT) == 1 and Unpublished.objects.count() == 0
        entry = served()
        assert entry is not None and (entry.level, entry.treatment) == (Level.SUSPECTED, Treatment.LABEL)
        row.withdrawn_at = AT
        row.save()
        refresh_verdicts([pair], AT)
        assert publish_queued(AT) == 1 and served() is None


def test_what_another_organisation_keeps_to_itself_is_not_served(world: World, home: Path) -> None:
    operated(home, "Example carrier")
    row = finding_row(world["bank"], marking=Marking.AMBER)
    with unscoped("test"):
        refresh_verdicts([SubjectOwner(row.subject_id, row.owner_id)], AT)
        assert Unpublished.objects.count() == 0
        publish_subjects([THING], AT)
    assert served() is None


def test_an_order_outlives_what_is_found_beside_it_and_needs_no_operator(world: World, home: Path) -> None:
    DecisionLog().add({"order": refused()}, at=to_ms(AT))
    publish_subjects([THING], AT)
    entry = served()
    assert entry is not None and entry.treatment is Treatment.REFUSE
    operated(home, "Example carrier")
    row = finding_row(world["carrier"], score=0.6, found_at=AT - timedelta(hours=1))
    with unscoped("test"):
        refresh_verdicts([SubjectOwner(row.subject_id, row.owner_id)], AT)
        publish_queued(AT)
    entry = served()
    assert entry is not None and entry.treatment is Treatment.REFUSE
    DecisionLog().withdraw(["order"], at=to_ms(AT))
    publish_subjects([THING], AT)
    entry = served()
    assert entry is not None and (entry.level, entry.treatment) == (Level.WATCH, Treatment.ALLOW)


@pytest.mark.parametrize(("operator", "treatment"), [("Example centre", Treatment.REFUSE), ("Example carrier", None)])
def test_a_recorded_decision_is_served_only_if_the_operator_may_read_it(
    world: World, home: Path, operator: str, treatment: Treatment | None
) -> None:
    operated(home, operator)
    draft = DecisionDraft(Level.SUSPECTED, "checked", ("ATF Art. 32",), Treatment.REFUSE)
    with unscoped("test"):
        record_decision(issued(world), [subject().pk], draft, AT)
        publish_subjects([THING], AT)
    entry = served()
    assert (entry and entry.treatment) == treatment


def test_the_strongest_police_case_stands_beside(world: World, home: Path) -> None:
    operated(home, "Example carrier")
    one = subject()
    for reference, status in (("A-1", CaseStatus.CONFIRMED), ("A-2", CaseStatus.FILED)):
        PoliceCase._base_manager.create(
            subject=one, owner=world["police"], marking=Marking.GREEN, reference=reference, status=status.value, at=AT
        )
    queue_publication([one.pk])
    publish_queued(AT)
    entry = served()
    assert entry is not None and (entry.level, entry.case) == (Level.CLEAR, CaseStatus.CONFIRMED)


def test_what_cannot_be_published_stays_noted(world: World, home: Path) -> None:
    operated(home, "Example carrier")
    queue_publication([subject().pk])
    (home / "decisions").mkdir()
    (home / "decisions" / "command.jsonl").write_text("{broken\n")
    with pytest.raises(Exception, match=r"command\.jsonl, line 1"):
        publish_queued(AT)
    assert Unpublished.objects.count() == 1
