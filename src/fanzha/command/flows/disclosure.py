"""What of a step's evidence a viewer is shown: receivers learn not who else received it, and see no personal file."""

from collections.abc import Mapping
from typing import Any

from fanzha.command.flows.models import ProcessInstance, Step
from fanzha.command.organizations.viewer import Viewer

_PARTY = {"organization", "kind"}


def disclosed(evidence: Mapping[str, Any], instance: ProcessInstance, viewer: Viewer, own_ref: str) -> dict[str, Any]:
    """Return evidence as a viewer may see it; owners and those who supervise them see all of it."""
    if instance.owner_id in viewer.reads:
        return dict(evidence)
    return {name: _without_others(value, own_ref) for name, value in evidence.items()}


def sees_personal_files(instance: ProcessInstance, step: Step, viewer: Viewer) -> bool:
    """Return whether files with personal data of a step are for a viewer: owners, supervisors, who handed them in."""
    return instance.owner_id in viewer.reads or step.organization_id == viewer.organization


def _without_others(value: Any, own_ref: str) -> Any:
    if not isinstance(value, list):
        return value
    return [one for one in value if not _is_party(one) or one["organization"] == own_ref]


def _is_party(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == _PARTY
