"""Which evidence of a step a viewer may see: no other receivers, no personal files of others, no hidden fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from fanzha.command.organizations.selectors import get_organization_ref
from fanzha.command.processes.evidence import as_list
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.web.viewer import Viewer
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.process import Process

_PARTY = {"organization", "kind"}


class Disclosure:
    """The evidence of one process that one viewer may see."""

    def __init__(self, instance: ProcessInstance, viewer: Viewer, steps: Iterable[Step] | None = None) -> None:
        """`steps` are all steps that the viewer may read; they are queried if None."""
        self._viewer = viewer
        self._sees_all = instance.owner_id in viewer.reads
        self._process = instance.version.process
        self._own_ref = get_organization_ref(viewer.organization)
        rows = Step.objects.filter(instance=instance).defer("evidence", "personal") if steps is None else steps
        self._last = {(step.leg, step.event): step.number for step in sorted(rows, key=lambda step: step.number)}

    def evidence(self, step: Step) -> dict[str, Any]:
        """Return the visible evidence that is not personal; owners and their supervisors see all receivers."""
        hidden = self.hidden(step)
        visible = {name: value for name, value in step.evidence.items() if name not in hidden}
        if self._sees_all:
            return visible
        return {name: _without_others(value, self._own_ref) for name, value in visible.items()}

    def personal(self, step: Step) -> dict[str, Any]:
        """Return the visible personal evidence."""
        hidden = self.hidden(step)
        return {name: value for name, value in step.personal.items() if name not in hidden}

    def hidden(self, step: Step) -> set[str]:
        """Return the fields that the viewer may not see: internal ones of others, and those hidden until an event."""
        if step.person_id is not None and step.person_id == self._viewer.person:
            return set()
        values = {**step.evidence, **step.personal}
        fields = step_fields(self._process, step).items()
        return {name for name, field in fields if name in values and self._is_hidden(step, field)}

    def _is_hidden(self, step: Step, field: EvidenceField) -> bool:
        waits = bool(field.hidden_until) and self._last.get((step.leg, field.hidden_until), 0) < step.number
        is_theirs = self._sees_all or step.organization_id == self._viewer.organization
        return waits or (not is_theirs and (field.internal or self._is_order_target(field)))

    def _is_order_target(self, field: EvidenceField) -> bool:
        """Return whether a field holds all targets of an order; stored versions do not declare it as internal.

        Receivers have their own targets by the rows of the order.
        """
        return self._process.name == "order" and field.personal and field.type is FieldType.SUBJECT

    def sees_personal_files(self, step: Step) -> bool:
        """Return whether the viewer may see personal files: as owner, supervisor or submitting organisation."""
        return self._sees_all or step.organization_id == self._viewer.organization


def readable_files(instance: ProcessInstance, viewer: Viewer) -> set[str]:
    """Return the names (SHA-256) of the files of a process that a viewer may read.

    Only file fields count, not hashes in texts. Personal files need `unmask_file`, which records a purpose.
    """
    steps = list(Step.objects.filter(instance=instance))
    disclosure, names = Disclosure(instance, viewer, steps), set[str]()
    for step in steps:
        fields = step_fields(instance.version.process, step)
        for name, value in disclosure.evidence(step).items():
            if name in fields and fields[name].type is FieldType.FILE:
                names |= {*as_list(value)}
    return names


def step_fields(process: Process, step: Step) -> Mapping[str, EvidenceField]:
    """Return the fields of evidence of a step's event."""
    machine = process.machine_for(step.event)
    return machine.events[step.event].evidence if machine else {}


def _without_others(value: Any, own_ref: str) -> Any:
    if not isinstance(value, list):
        return value
    return [item for item in value if not _is_party(item) or item["organization"] == own_ref]


def _is_party(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == _PARTY
