"""Show the whole values, or a personal file, of one field of a step: whom a process names, to who works on it."""

from pathlib import Path
from typing import Any

from fanzha.base.masking import mask_numbers
from fanzha.command.exports.unmasking import MaskedValue, record_unmasking
from fanzha.command.processes.disclosure import Disclosure, step_fields
from fanzha.command.processes.evidence import as_list
from fanzha.command.processes.models import Step
from fanzha.command.web.viewer import Viewer
from fanzha.processes.evidence import FieldType
from fanzha.store.evidence_files import find_file

PROCESS = "process"  # the kind under which it is kept who looked


def unmask_evidence(viewer: Viewer, step: Step, name: str, purpose: str) -> list[str] | None:
    """Return the values of a field, and put on record who saw them; None where the viewer is shown no such field.

    Raises NotShown.
    """
    process, disclosure = step.instance, Disclosure(step.instance, viewer)
    field = step_fields(process.version.process, step).get(name)
    shown = {**disclosure.evidence(step), **disclosure.personal(step)}
    values = [] if field is None or field.type is FieldType.FILE else _values(shown.get(name))
    if not values:
        return None
    record_unmasking(
        viewer, MaskedValue(process.ref, PROCESS, "; ".join(map(mask_numbers, values))), purpose, process.ref
    )
    return values


def unmask_file(viewer: Viewer, step: Step, name: str, place: int, purpose: str) -> Path | None:
    """Return where a personal file of a step lies, by its place in its field, and put on record who took it.

    None where the viewer is shown no such file, or it is here no more. Raises NotShown.
    """
    process, disclosure = step.instance, Disclosure(step.instance, viewer)
    field, files = (
        step_fields(process.version.process, step).get(name),
        as_list(disclosure.personal(step).get(name, [])),
    )
    if field is None or field.type is not FieldType.FILE or not disclosure.sees_personal_files(step):
        return None
    path = find_file(files[place]) if place < len(files) else None
    if path is not None:  # of twenty papers in one process the record says which
        which = f"{step.number}.{place + 1} {files[place][:12]} {field.title.zh} {field.title.en}"
        record_unmasking(viewer, MaskedValue(process.ref, PROCESS, which), purpose, process.ref)
    return path


def is_masked(values: Any) -> bool:
    """Return whether a page hides something of the values of a field."""
    return any(mask_numbers(one) != one for one in _values(values))


def _values(value: Any) -> list[str]:
    return [one for one in as_list(value) if isinstance(one, str)]
