"""Rows that were there before digests are put on record once, and never those that have a digest already."""

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import finding_row

from fanzha.command.audit import digest_backfill
from fanzha.command.audit.digest_backfill import digest_existing_rows
from fanzha.command.audit.models import LogBatch
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.verification import verify
from fanzha.command.subjects.models import FindingRow
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(autouse=True)
def another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest_backfill, "_complete", set())


def test_a_row_that_was_changed_after_its_digest_is_not_confirmed(world: World) -> None:
    with unscoped("test"):
        row = finding_row(world["carrier"])
        with recorded() as log:
            log.digest("subjects.FindingRow", [row.pk])
        FindingRow.objects.filter(pk=row.pk).update(score=0.1)
        digest_existing_rows(timezone.now())
        assert [f"row {row.pk} of findings was changed" in str(fault) for fault in verify().faults] == [True]


def test_it_is_done_once_also_by_another_process(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with unscoped("test"):
        digest_existing_rows(timezone.now())
        batches = LogBatch.objects.count()
        monkeypatch.setattr(digest_backfill, "_complete", set())
        finding_row(world["carrier"])
        digest_existing_rows(timezone.now())
        assert LogBatch.objects.count() == batches
        assert "is not on record" in str(verify().faults[0])


def test_many_rows_are_recorded_in_several_transactions(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest_backfill, "_CHUNK", 2)
    with unscoped("test"):
        for number in range(5):
            finding_row(world["carrier"], score=number / 10)
        digest_existing_rows(timezone.now())
        result = verify()
    assert result.faults == [] and result.unchecked == []
