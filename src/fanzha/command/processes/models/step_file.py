"""Which step names which file of evidence: a file that nobody names any more is found without reading all evidence."""

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
        """Return what steps name, unsaved; whatever looks like a file's name counts as one."""
        for step in steps:
            for held, is_personal in ((step.evidence, False), (step.personal, True)):
                for name in sorted(set(_names(held))):
                    yield cls(name=name, step=step, is_personal=is_personal)


def _names(held: Any) -> Iterator[str]:
    if isinstance(held, str) and _SHA256.fullmatch(held):
        yield held
    elif isinstance(held, Mapping | list):
        for one in held.values() if isinstance(held, Mapping) else held:
            yield from _names(one)
