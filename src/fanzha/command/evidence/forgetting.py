"""Forget what running processes hold of a person beside the log: personal evidence is blanked, its files removed.

What is public of a step stays, and so does the log: it holds commitments alone.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from fanzha.command.flows.models import ProcessInstance, Step
from fanzha.command.organizations.scoping import everything
from fanzha.processes.evidence import FieldType
from fanzha.store.evidence_files import forget


def forget_person(person: str, **_sent: object) -> None:
    """Blank the personal evidence of all processes about a person (PIPL Art. 47); told by `person_erased`."""
    with everything("a person is erased for all organisations"):
        instances = ProcessInstance.objects.filter(Q(ref=person) | Q(about=person))
        for step in _steps(instances):
            _remove(_files(step).values())
            Step.objects.filter(pk=step.pk).update(personal={})


def forget_files(instance: ProcessInstance) -> int:
    """Remove the personal files of one process (faces, papers) and their names; return how many there were.

    Files go first: whoever is interrupted finds the names again and goes on.
    """
    count = 0
    with everything("files are erased whoever gave them"):
        for step in _steps(ProcessInstance.objects.filter(pk=instance.pk)):
            if files := _files(step):
                count += _remove(files.values())
                left = {name: value for name, value in step.personal.items() if name not in files}
                Step.objects.filter(pk=step.pk).update(personal=left)
    return count


def _steps(instances: "QuerySet[ProcessInstance]") -> list[Step]:
    found = Step.objects.filter(instance__in=instances).select_related("instance__version").order_by("pk")
    return [step for step in found if step.personal]


def _files(step: Step) -> dict[str, Any]:
    """Return the personal fields of a step that name files."""
    process = step.instance.version.process
    machine = process.machine_of(step.event)
    fields = machine.events[step.event].evidence if machine else {}
    return {
        name: value for name, value in step.personal.items() if name in fields and fields[name].type is FieldType.FILE
    }


def _remove(values: Iterable[Any]) -> int:
    names = {name for value in values for name in (value if isinstance(value, list) else [value])}
    for name in names:
        forget(name)
    return len(names)
