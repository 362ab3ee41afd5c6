"""Forget what running processes hold of a person beside the log: personal evidence is blanked, its files removed.

What is public of a step stays, and so does the log: it holds commitments alone. A file lies under its hash, whoever
gave it: one that another step names too (a warrant, a form that many signed) stays.
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
        steps = _steps(ProcessInstance.objects.filter(Q(ref=person) | Q(about=person)))
        for step in steps:
            _remove(_files(step).values(), steps)
            Step.objects.filter(pk=step.pk).update(personal={})


def forget_files(instance: ProcessInstance) -> int:
    """Remove the personal files of one process (faces, papers) and their names; return how many there were.

    Files go first: whoever is interrupted finds the names again and goes on.
    """
    count = 0
    with everything("files are erased whoever gave them"):
        steps = _steps(ProcessInstance.objects.filter(pk=instance.pk))
        for step in steps:
            if files := _files(step):
                count += _remove(files.values(), steps)
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


def _remove(values: Iterable[Any], forgetting: Iterable[Step]) -> int:
    """Remove files that no step names beside the personal fields of those that are forgotten; return how many names."""
    names = {name for value in values for name in (value if isinstance(value, list) else [value])}
    others = Step.objects.exclude(pk__in=[step.pk for step in forgetting])
    for name in names:
        if not (Step.objects.filter(evidence__icontains=name) | others.filter(personal__icontains=name)).exists():
            forget(name)
    return len(names)
