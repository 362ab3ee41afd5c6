"""Show the whole values of one field of a step's evidence: those whom a process names, to who works on it."""

from collections.abc import Mapping
from typing import Any

from fanzha.base.masking import mask_numbers
from fanzha.command.exports.unmasking import Seen, put_on_record
from fanzha.command.flows.disclosure import disclosed
from fanzha.command.flows.models import Step
from fanzha.command.organizations.models import Organization
from fanzha.command.organizations.viewer import Viewer

PROCESS = "process"  # the kind under which it is kept who looked


def unmask_evidence(viewer: Viewer, step: Step, name: str, purpose: str) -> list[str] | None:
    """Return the values of a field, and put on record who saw them; None where the viewer is shown no such field.

    Raises NotShown.
    """
    values = _values(_shown_to(viewer, step).get(name))
    if not values:
        return None
    process = step.instance
    put_on_record(viewer, Seen(process.ref, PROCESS, "; ".join(map(mask_numbers, values))), purpose, process.ref)
    return values


def is_masked(values: Any) -> bool:
    """Return whether a page hides something of the values of a field."""
    return any(mask_numbers(one) != one for one in _values(values))


def _shown_to(viewer: Viewer, step: Step) -> Mapping[str, Any]:
    own = Organization.objects.values_list("ref", flat=True).get(pk=viewer.organization)
    return {**disclosed(step.evidence, step.instance, viewer, own), **step.personal}


def _values(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
