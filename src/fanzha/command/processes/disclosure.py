"""What of a step's evidence a viewer is shown: not who else received it, no personal file of others, nothing hidden."""

from collections.abc import Iterable, Mapping
from typing import Any

from fanzha.command.organizations.models import Organization
from fanzha.command.processes.evidence import as_list
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.web.viewer import Viewer
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.process import Process

_PARTY = {"organization", "kind"}


class Disclosure:
    """What one viewer is shown of the steps of one process."""

    def __init__(self, instance: ProcessInstance, viewer: Viewer, steps: Iterable[Step] | None = None) -> None:
        """Take all steps that the viewer may read, where they are at hand."""
        self._viewer = viewer
        self._sees_all = instance.owner_id in viewer.reads
        self._process = instance.version.process
        self._own_ref = Organization.objects.values_list("ref", flat=True).get(pk=viewer.organization)
        known = Step.objects.filter(instance=instance).defer("evidence", "personal") if steps is None else steps
        self._last = {(step.leg, step.event): step.number for step in sorted(known, key=lambda step: step.number)}

    def evidence(self, step: Step) -> dict[str, Any]:
        """Return what is not personal; owners and those who supervise them see all receivers."""
        hidden = self.hidden(step)
        shown = {name: value for name, value in step.evidence.items() if name not in hidden}
        if self._sees_all:
            return shown
        return {name: _without_others(value, self._own_ref) for name, value in shown.items()}

    def personal(self, step: Step) -> dict[str, Any]:
        """Return what is personal."""
        hidden = self.hidden(step)
        return {name: value for name, value in step.personal.items() if name not in hidden}

    def hidden(self, step: Step) -> set[str]:
        """Return the fields that are the owner's affair and theirs who gave them, and those hidden for the time."""
        if step.person_id is not None and step.person_id == self._viewer.person:
            return set()
        given = {**step.evidence, **step.personal}
        fields = step_fields(self._process, step).items()
        return {name for name, field in fields if name in given and self._is_hidden(step, field)}

    def _is_hidden(self, step: Step, field: EvidenceField) -> bool:
        waits = bool(field.hidden_until) and self._last.get((step.leg, field.hidden_until), 0) < step.number
        is_theirs = self._sees_all or step.organization_id == self._viewer.organization
        return waits or (field.internal and not is_theirs)

    def sees_personal_files(self, step: Step) -> bool:
        """Return whether personal files of a step are for the viewer: owners, supervisors, who handed them in."""
        return self._sees_all or step.organization_id == self._viewer.organization


def readable_files(instance: ProcessInstance, viewer: Viewer) -> set[str]:
    """Return the names (SHA-256) of files of a process that a viewer may read: of fields of files, no hash in a text.

    What is personal goes another way, with a purpose and on record (`unmask_file`).
    """
    steps = list(Step.objects.filter(instance=instance))
    disclosure, found = Disclosure(instance, viewer, steps), set[str]()
    for step in steps:
        fields = step_fields(instance.version.process, step)
        for name, value in disclosure.evidence(step).items():
            if name in fields and fields[name].type is FieldType.FILE:
                found |= {*as_list(value)}
    return found


def step_fields(process: Process, step: Step) -> Mapping[str, EvidenceField]:
    """Return the fields of evidence of a step's event."""
    machine = process.machine_of(step.event)
    return machine.events[step.event].evidence if machine else {}


def _without_others(value: Any, own_ref: str) -> Any:
    if not isinstance(value, list):
        return value
    return [one for one in value if not _is_party(one) or one["organization"] == own_ref]


def _is_party(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == _PARTY
