"""Forget what running processes hold of a person beside the log: personal evidence is blanked, its files removed.

What is public of a step stays, and so does the log: it holds commitments alone. A file lies under its hash, whoever
gave it: one that another step names too (a warrant, a form that many signed) stays.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet

from fanzha.command.processes.models import ProcessInstance, Step, StepFile
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.evidence import FieldType
from fanzha.store.evidence_files import delete_file


def erase_person_data(person: str, **_sent: object) -> None:
    """Blank the personal evidence of all processes about a person (PIPL Art. 47); told by `person_erased`."""
    with unscoped("a person is erased for all organisations"):
        steps = _steps(ProcessInstance.objects.filter(Q(ref=person) | Q(about=person)))
        _remove({name for step in steps for name in _names(_files(step).values())}, steps)
        keys = [step.pk for step in steps]
        Step.objects.filter(pk__in=in_list(keys)).update(personal={})
        StepFile.objects.filter(step__in=in_list(keys), is_personal=True).delete()


def erase_files(instance: ProcessInstance) -> int:
    """Remove the personal files of one process (faces, papers) and their names; return how many there were.

    Files go first: whoever is interrupted finds the names again and goes on.
    """
    count = 0
    with unscoped("files are erased whoever gave them"):
        steps = [step for step in _steps(ProcessInstance.objects.filter(pk=instance.pk)) if _files(step)]
        gone = {step.pk: _names(_files(step).values()) for step in steps}
        _remove(set().union(*gone.values()), steps)
        for step in steps:
            files = _files(step)
            left = {name: value for name, value in step.personal.items() if name not in files}
            Step.objects.filter(pk=step.pk).update(personal=left)
            StepFile.objects.filter(step=step, is_personal=True, name__in=gone[step.pk]).delete()
            count += len(gone[step.pk])
    return count


def _steps(instances: "QuerySet[ProcessInstance]") -> list[Step]:
    found = Step.objects.filter(instance__in=instances).select_related("instance__version").order_by("pk")
    return [step for step in found if step.personal]


def _files(step: Step) -> dict[str, Any]:
    """Return the personal fields of a step that name files."""
    process = step.instance.version.process
    machine = process.machine_for(step.event)
    fields = machine.events[step.event].evidence if machine else {}
    return {
        name: value for name, value in step.personal.items() if name in fields and fields[name].type is FieldType.FILE
    }


def _names(values: Iterable[Any]) -> set[str]:
    return {name for value in values for name in (value if isinstance(value, list) else [value])}


def _remove(names: Collection[str], forgetting: Iterable[Step]) -> None:
    """Remove files that no step names beside the personal fields of those that are forgotten."""
    if not names:
        return
    given_up = Q(is_personal=True, step__in=in_list([step.pk for step in forgetting]))
    others = StepFile.objects.filter(name__in=in_list(list(names), "text")).exclude(given_up)
    for name in set(names) - set(others.values_list("name", flat=True)):
        delete_file(name)
