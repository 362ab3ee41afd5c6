"""Erase personal data that processes store outside the log: blank personal evidence and remove its files.

Public evidence of a step stays, and so does the log, which contains only commitments. Files are stored by hash: a file
that another step refers to as well (a warrant, a form signed by many) stays.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet

from fanzha.command.processes.models import ProcessInstance, Step, StepFile
from fanzha.command.processes.uploads import delete_uploads
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.evidence import FieldType


def erase_person_data(person: str, **_sent: object) -> None:
    """Blank the personal evidence of all processes about a person (PIPL Art. 47). Receives `person_erased`."""
    with unscoped("a person is erased for all organisations"):
        steps = _steps_with_personal_data(ProcessInstance.objects.filter(Q(ref=person) | Q(about=person)))
        _remove_unreferenced({name for step in steps for name in _flatten_names(_personal_files(step).values())}, steps)
        keys = [step.pk for step in steps]
        Step.objects.filter(pk__in=in_list(keys)).update(personal={})
        StepFile.objects.filter(step__in=in_list(keys), is_personal=True).delete()


def erase_files(instance: ProcessInstance) -> int:
    """Remove the personal files of one process (faces, papers) and their names. Return their number.

    Files are removed before their names, so that an interrupted call can be repeated.
    """
    count = 0
    with unscoped("files are erased whoever gave them"):
        steps = [
            step
            for step in _steps_with_personal_data(ProcessInstance.objects.filter(pk=instance.pk))
            if _personal_files(step)
        ]
        file_names = {step.pk: _flatten_names(_personal_files(step).values()) for step in steps}
        _remove_unreferenced(set().union(*file_names.values()), steps)
        for step in steps:
            files = _personal_files(step)
            remaining = {name: value for name, value in step.personal.items() if name not in files}
            Step.objects.filter(pk=step.pk).update(personal=remaining)
            StepFile.objects.filter(step=step, is_personal=True, name__in=file_names[step.pk]).delete()
            count += len(file_names[step.pk])
    return count


def _steps_with_personal_data(instances: "QuerySet[ProcessInstance]") -> list[Step]:
    steps = Step.objects.filter(instance__in=instances).select_related("instance__version").order_by("pk")
    return [step for step in steps if step.personal]


def _personal_files(step: Step) -> dict[str, Any]:
    """Return the personal fields of a step that contain file names."""
    process = step.instance.version.process
    machine = process.machine_for(step.event)
    fields = machine.events[step.event].evidence if machine else {}
    return {
        name: value for name, value in step.personal.items() if name in fields and fields[name].type is FieldType.FILE
    }


def _flatten_names(values: Iterable[Any]) -> set[str]:
    return {name for value in values for name in (value if isinstance(value, list) else [value])}


def _remove_unreferenced(names: Collection[str], steps: Collection[Step]) -> None:
    """Remove files that no field refers to, other than personal fields of the steps being erased.

    The uploads of the organisations of these steps are removed too. A file that yet another organisation uploaded and
    has not used stays until that upload is used or expires.
    """
    if not names:
        return
    erased_fields = Q(is_personal=True, step__in=in_list([step.pk for step in steps]))
    other_fields = StepFile.objects.filter(name__in=in_list(list(names), "text")).exclude(erased_fields)
    owners = {key for step in steps for key in (step.organization_id, step.instance.owner_id) if key}
    delete_uploads(set(names) - set(other_fields.values_list("name", flat=True)), owners)
