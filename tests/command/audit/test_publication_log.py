"""A published snapshot is on record with its files and its evidence; one of another program is found and recorded."""

from hashlib import sha256
from typing import Any

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import AT, NUMBER, finding_row
from tests.command.subjects.test_subject_publication import operated, refused

from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.publication_log import (
    FOUND,
    PUBLISHED,
    files_digest,
    last_recorded,
    record_found_snapshot,
)
from fanzha.command.audit.row_checks import decode_facts
from fanzha.command.audit.selectors import published_evidence
from fanzha.command.subjects.subject_publication import publish_subjects
from fanzha.command.web.scoping import unscoped
from fanzha.store.decisions import DecisionLog
from fanzha.store.snapshots import SnapshotStore

THING = ("phone_number", NUMBER)


def entries(kind: str) -> list[LogEntry]:
    with unscoped("test"):
        return list(LogEntry.objects.filter(kind=kind))


def test_a_publication_is_on_record_with_the_findings_behind_it(world: World, home: object) -> None:
    operated(home, world["carrier"].ref)  # type: ignore[arg-type]
    row = finding_row(world["carrier"])
    publish_subjects({THING}, AT)
    (entry,) = entries(PUBLISHED)
    facts, current = decode_facts(entry.facts), SnapshotStore().current()
    assert current is not None
    assert (facts["sequence"], facts["files"], facts["changed"]) == (current.sequence, files_digest(current), 1)
    assert facts["evidence"] == {"rows": 1, "digest": sha256(bytes.fromhex(row.finding_id)).hexdigest()}
    assert published_evidence(entry.batch) == [bytes.fromhex(row.finding_id)]
    publish_subjects({THING}, AT)
    assert len(entries(PUBLISHED)) == 1


def test_decisions_of_the_decision_log_are_counted_apart(db: None, home: object) -> None:
    DecisionLog().add({"order/leg/0": refused()}, at=0)
    publish_subjects({THING}, AT)
    facts = decode_facts(entries(PUBLISHED)[0].facts)
    assert (facts["evidence"]["rows"], facts["decisions"]["rows"]) == (0, 1)


def test_a_snapshot_of_another_program_is_recorded_once(db: None, home: object) -> None:
    record_found_snapshot(timezone.now())
    assert entries(FOUND) == [] and last_recorded() is None
    SnapshotStore().publish_base(_contents(), at=1)
    for _ in range(2):
        record_found_snapshot(timezone.now())
    (entry,) = entries(FOUND)
    last = last_recorded()
    assert last is not None and (last.place, last.sequence) == (entry.place, 1)


def _contents() -> Any:
    from fanzha.claims.contents_builder import build_contents

    return build_contents({}, [])


@pytest.mark.usefixtures("home")
def test_without_a_record_there_is_no_last_one(db: None) -> None:
    assert last_recorded() is None
