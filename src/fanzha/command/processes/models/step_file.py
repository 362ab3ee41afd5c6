"""References from steps to evidence files, to find unreferenced files without reading all evidence."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from django.db import models

from fanzha.command.processes.models.step import Step

_SHA256 = re.compile(r"[0-9a-f]{64}")


class StepFile(models.Model):
    """One file (its SHA-256) in the evidence of one step, or in its personal evidence."""

    name = models.CharField(max_length=64)
    step = models.ForeignKey(Step, models.CASCADE, related_name="files")
    is_personal = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "step", "is_personal"], name="one_file_a_step")
        ]

    def __str__(self) -> str:
        return f"{self.name} in {self.step_id}"

    @classmethod
    def of(cls, steps: Iterable[Step]) -> Iterator["StepFile"]:
        """Return unsaved rows for all strings in the evidence that look like a SHA-256."""
        for step in steps:
            for evidence, is_personal in ((step.evidence, False), (step.personal, True)):
                for name in sorted(set(_names(evidence))):
                    yield cls(name=name, step=step, is_personal=is_personal)


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str) and _SHA256.fullmatch(value):
        yield value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _names(item)
