"""Verdicts end by themselves, however many, and the screens hear of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.command.subjects import verdicts
from fanzha.command.subjects.models import Unpublished, VerdictRow
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_verdicts
from fanzha.command.web.scheduler import regular_jobs
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db


def test_all_that_ran_out_is_superseded_and_noted_for_the_screens(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text('[verdicts]\norganisation = "Example carrier"\n')
    monkeypatch.setattr(verdicts, "EXPIRY_BATCH_SIZE", 3)
    rows = [
        finding_row(world["carrier"], subject(f"+86170000{n:05d}"), valid_until=AT + timedelta(hours=n))
        for n in range(1, 12)
    ]
    with unscoped("test"):
        refresh_verdicts([SubjectOwner(row.subject_id, row.owner_id) for row in rows], AT)
        Unpublished.objects.all().delete()
        regular_jobs()["end verdicts"].run(AT + timedelta(hours=8))
        assert VerdictRow.objects.filter(superseded_at=None).count() == 3
        assert Unpublished.objects.count() == 8
