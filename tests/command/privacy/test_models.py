"""One run over a table is open at a time, so that two workers do not begin two."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fanzha.command.privacy.models import RetentionRun

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FIELDS = {"table": "exports.Export", "days": 366, "before": NOW, "started_at": NOW}


def test_a_table_has_one_open_run_and_many_finished_ones() -> None:
    RetentionRun.objects.create(**FIELDS, finished_at=NOW)
    RetentionRun.objects.create(**FIELDS, finished_at=NOW)
    run = RetentionRun.objects.create(**FIELDS)
    assert str(run) == f"exports.Export {NOW:%Y-%m-%d}"
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRun.objects.create(**FIELDS)
