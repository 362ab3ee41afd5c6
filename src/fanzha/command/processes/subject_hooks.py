"""Functions on subjects that processes need; the subjects app provides them in its module `process_subjects`."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Protocol, cast

from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.discovery import app_modules
from fanzha.processes.evidence import EvidenceField


class SubjectHooks(Protocol):
    """The functions of that module."""

    def check_subjects(self, fields: Mapping[str, EvidenceField], values: Mapping[str, Any]) -> None:
        """Raise Refusal for a value that is none of the kind that its field names."""

    def set_about(
        self, instance: ProcessInstance, fields: Mapping[str, EvidenceField], values: Mapping[str, Any], at: datetime
    ) -> None:
        """Make a process be about the one subject that a step names."""

    def masked_values(self, refs: Iterable[str]) -> dict[str, str]:
        """Return the masked value of each subject by its ref."""


@cache
def subject_hooks() -> SubjectHooks:
    """Return that module. Raise ValueError if no app or more than one has it."""
    (module,) = app_modules("process_subjects")
    return cast(SubjectHooks, module)
