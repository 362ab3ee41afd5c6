"""The jobs run while a site runs: messages go out by a pool, and old call records end with their time."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from fanzha.command.call_traceback.tasks import JOBS, delete_old_records, send_messages


def test_old_call_records_are_deleted(home: Path) -> None:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    for days in (183, 185):
        (home / "call_records" / "A" / (now - timedelta(days=days)).date().isoformat()).mkdir(parents=True)
    assert delete_old_records(now) == 1
    (home / "fanzha.toml").write_text("[call_traceback]\nrecord_days = 30\n")
    assert delete_old_records(now) == 1


@pytest.mark.django_db
def test_nothing_to_send_takes_no_time() -> None:
    began = time.monotonic()
    send_messages(timezone.now())
    assert time.monotonic() - began < 5 and len({job.name for job in JOBS}) == len(JOBS)
