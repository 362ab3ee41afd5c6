"""What of a step's evidence a viewer is shown: receivers of an order do not learn from it who else received it."""

from collections.abc import Mapping
from typing import Any

from fanzha.command.flows.models import ProcessInstance
from fanzha.command.organizations.viewer import Viewer

_PARTY = {"organization", "kind"}


def disclosed(evidence: Mapping[str, Any], instance: ProcessInstance, viewer: Viewer, own_ref: str) -> dict[str, Any]:
    """Return evidence as a viewer may see it; owners and those who supervise them see all of it."""
    if instance.owner_id in viewer.reads:
        return dict(evidence)
    return {name: _without_others(value, own_ref) for name, value in evidence.items()}


def _without_others(value: Any, own_ref: str) -> Any:
    if not isinstance(value, list):
        return value
    return [one for one in value if not _is_party(one) or one["organization"] == own_ref]


def _is_party(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == _PARTY
