"""Unmask the values, or a personal file, of one evidence field of a process step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fanzha.base.masking import mask_numbers
from fanzha.command.exports.unmasking import MaskedValue, record_unmasking
from fanzha.command.processes.selectors import Disclosure, as_list, step_fields
from fanzha.command.web.viewer import Viewer
from fanzha.processes.evidence import FieldType
from fanzha.store.evidence_files import find_intact_file

if TYPE_CHECKING:
    from fanzha.command.processes.models import Step


def unmask_evidence(viewer: Viewer, step: Step, name: str, purpose: str) -> list[str] | None:
    """Return the unmasked values of a field and record it. Return None if the viewer has no such field.

    Raise UnmaskingRefused.
    """
    process, disclosure = step.instance, Disclosure(step.instance, viewer)
    field = step_fields(process.version.process, step).get(name)
    readable = {**disclosure.evidence(step), **disclosure.personal(step)}
    values = [] if field is None or field.type is FieldType.FILE else _values(readable.get(name))
    if not values:
        return None
    masked_value = MaskedValue.of_process(process.ref, "; ".join(map(mask_numbers, values)))
    record_unmasking(viewer, masked_value, purpose, process.ref, values=len(values))
    return values


def unmask_file(viewer: Viewer, step: Step, name: str, place: int, purpose: str) -> Path | None:
    """Return the path of a personal file of a step, by its index in the field, and record it.

    Return None if the viewer has no such file or it was deleted. Raise UnmaskingRefused.
    """
    process, disclosure = step.instance, Disclosure(step.instance, viewer)
    field = step_fields(process.version.process, step).get(name)
    files = as_list(disclosure.personal(step).get(name, []))
    if field is None or field.type is not FieldType.FILE or not disclosure.sees_personal_files(step):
        return None
    path = find_intact_file(files[place]) if place < len(files) else None
    if path is not None:  # the record names the file, because a process may have many
        which = f"{step.number}.{place + 1} {files[place][:12]} {field.title.zh} {field.title.en}"
        record_unmasking(viewer, MaskedValue.of_process(process.ref, which), purpose, process.ref)
    return path


def is_masked(values: Any) -> bool:
    """Return whether masking changes any value of a field."""
    return any(mask_numbers(value) != value for value in _values(values))


def _values(value: Any) -> list[str]:
    return [item for item in as_list(value) if isinstance(item, str)]
