"""Disclose the unmasked targets of an order to its receivers, and charge targets that somebody writes.

Each disclosure is logged first. Others, including the owner, unmask the step that names them, for a stated purpose
(`exports`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.orders.delivery import ACTIVE_STATES, UNDO_STATES
from fanzha.command.orders.order_summary import summarize_leg
from fanzha.command.orders.targets import parse_draft
from fanzha.command.organizations.services import (
    Candidate,
    DisclosurePool,
    DisclosureRequest,
    charge_disclosure,
    record_disclosure,
)
from fanzha.command.processes.selectors import find_legs, to_actor
from fanzha.command.subjects.selectors import build_candidate
from fanzha.command.subjects.services import CanonicalValue
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import Action, Target
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

#: States of a leg in which its receiver may read the targets.
DISCLOSURE_STATES = ACTIVE_STATES | {"releasing"}
DISCLOSURE_ROLES = (Role.EXECUTOR, Role.ANALYST, Role.DUTY_OFFICER)


class DisclosedTarget(NamedTuple):
    """One target in full, and what its receiver is to do with it."""

    target: Target
    action: Action


def disclose_targets(instance: ProcessInstance, viewer: Viewer) -> list[DisclosedTarget] | None:
    """Return the targets of an order, or of an appeal that restores some; None if the viewer has no open leg of it.

    They are those that the viewer's organisation may act on. Reading the same targets again on a day is free. Raise
    InvalidOrder, and DisclosureRefused above the budget.
    """
    own_legs = (
        find_legs()
        .filter(instance=instance, receiver=viewer.organization, state__in=DISCLOSURE_STATES)
        .select_related("instance__owner", "instance__version")
    )
    if (leg := own_legs.first()) is None:
        return None
    summary, actor = summarize_leg(leg), to_actor(viewer)
    targets = summary.ordered if leg.state in UNDO_STATES else summary.targets
    key = f"{instance.ref} {leg.state in UNDO_STATES} {len(targets)}"
    candidates = [Candidate("target", key, weight=len(targets))]
    charge_disclosure(viewer, DisclosureRequest("order", DisclosurePool.RELEASED, candidates, "order", instance.ref))
    with recorded() as log:
        entry = Draft("targets_handed_over", to_ms(timezone.now()), actor.person, actor.organization, instance.ref)
        log.add(entry._replace(facts={"purpose": "order", "targets": len(targets)}))
    return [DisclosedTarget(target, summary.actions[target]) for target in targets]


def record_written_targets(viewer: Viewer, evidence: Mapping[str, Any], values: Iterable[str]) -> None:
    """Charge and log values that the viewer wrote as targets of a draft. Raise DisclosureRefused above the budget.

    Call it before impact or exclusions are answered: they tell whether there are findings on a value. Targets that were
    chosen among subjects are not charged, because the viewer does not learn their values.
    """
    record_targets(viewer, parse_draft(evidence, values).targets)


def record_targets(viewer: Viewer, targets: Iterable[Target]) -> None:
    """Charge and log targets that the viewer named. Raise DisclosureRefused above the budget."""
    candidates = [build_candidate(CanonicalValue(target.kind, target.value)) for target in targets]
    record_disclosure(viewer, DisclosureRequest("targets", DisclosurePool.LISTED, candidates, "order"))
