"""Add the references of steps to files in fields with several files, which were not recorded.

The removal of unused files relies on them.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.db import migrations

_SHA256 = re.compile(r"[0-9a-f]{64}")
_BATCH = 1_000


def add_missing_references(apps: Any, _editor: Any) -> None:
    """Add a reference for each string in the evidence that looks like a SHA-256."""
    step_file = apps.get_model("flows", "StepFile")
    steps = apps.get_model("flows", "Step").objects.only("pk", "evidence", "personal").order_by("pk")
    rows = []
    for step in steps.iterator(chunk_size=_BATCH):
        for evidence, is_personal in ((step.evidence, False), (step.personal, True)):
            rows += [step_file(name=name, step_id=step.pk, is_personal=is_personal) for name in {*_names(evidence)}]
        if len(rows) >= _BATCH:
            step_file.objects.bulk_create(rows, ignore_conflicts=True)
            rows = []
    step_file.objects.bulk_create(rows, ignore_conflicts=True)


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str) and _SHA256.fullmatch(value):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _names(item)


class Migration(migrations.Migration):
    """Complete the references of steps to files."""

    dependencies = [("flows", "0002_evidence_upload")]

    operations = [migrations.RunPython(add_missing_references, migrations.RunPython.noop)]
