"""Summarise an order from its steps: action, targets, approvals and end; build the instruction of a leg."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.command.campaigns.selectors import find_campaigns
from fanzha.command.orders.exclusions import excluded_targets
from fanzha.command.orders.models import TargetState
from fanzha.command.orders.target_rows import ACTIVE_TARGET_STATES, ORDERED_STATES, select_targets, target_of, to_places
from fanzha.command.orders.targets import find_action
from fanzha.command.processes.selectors import find_instances, find_legs, find_steps
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import ACTION_SPECS, TREATMENTS, Action, Instruction, Target

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.processes.models import Leg, ProcessInstance, Step

_UNSCOPED = unscoped("steps and legs of an order that the caller may read")

PROCESS = "order"
APPEAL_PROCESS = "target_appeal"
_APPROVAL_EVENTS = ("approve", "issue_emergency", "ratify", "approve_renewal")


class InvalidOrder(ValueError):
    """Raised for an order that cannot be executed; the text gives the reason."""


class OrderSummary(NamedTuple):
    """The content of an order. `renewals` counts renewals; times are UTC ms.

    `named` are all targets of the draft, `ordered` those of them that were approved (all until somebody approves), and
    `targets` those that apply now: approved, not restored and not excluded. Undo applies to all `ordered`.
    """

    order: str
    action: Action
    targets: tuple[Target, ...]
    named: tuple[Target, ...]
    ordered: tuple[Target, ...]
    issuer: str
    reason: Words
    approved_by: tuple[str, ...]
    given_at: int
    until: int
    emergency: bool
    renewals: int
    fraud_type: str
    simulated: bool

    @property
    def with_all_targets(self) -> OrderSummary:
        """Return the summary with all targets that were ordered, for undo."""
        return self._replace(targets=self.ordered)

    @property
    def treatment(self) -> Treatment | None:
        """Return the call treatment of the action, None if it treats no calls."""
        if self.action in TREATMENTS:
            return Treatment(self.action.value)
        return Treatment.REFUSE if self.action is Action.LIMIT_OUTGOING else None

    @property
    def law(self) -> tuple[str, ...]:
        """Return the codes of the legal basis."""
        return ACTION_SPECS[self.action].law


def summarize_order(instance: ProcessInstance, findings_until: int | None = None) -> OrderSummary:
    """Summarise an order. Raise InvalidOrder.

    Only findings ingested by `findings_until` (UTC ms, default: the last approval of the order) make a target a
    victim: later findings could be staged to evade an order in force.
    """
    steps = list(find_steps(_UNSCOPED).filter(instance=instance, leg="").select_related("person").order_by("number"))
    draft, facts = steps[0], instance.situation["facts"]
    rows = list(select_targets(instance))
    action = find_action(facts["target_kind"], facts["action"])
    if action is None or not rows:
        raise InvalidOrder("no target, or no such action")
    ordered = [row for row in rows if row.state in ORDERED_STATES] or rows
    active = {target_of(row) for row in ordered if row.state in (TargetState.PROPOSED, *ACTIVE_TARGET_STATES)}
    approving = [step for step in steps if step.event in _APPROVAL_EVENTS]
    if findings_until is None and approving:
        findings_until = max(to_ms(step.at) for step in approving)
    named = tuple(map(target_of, rows))
    excluded = excluded_targets(named, to_ms(timezone.now()), findings_until)
    approvals = [step for step in approving if step.event in ("approve", "issue_emergency")]
    reason = str(draft.evidence.get("reason", ""))
    return OrderSummary(
        order=instance.ref,
        action=action,
        targets=tuple(target for target in named if target in active and target not in excluded),
        named=named,
        ordered=tuple(map(target_of, ordered)),
        issuer=instance.owner.ref,
        reason=Words(reason, reason),
        approved_by=tuple(dict.fromkeys(_step_actor(step) for step in [draft, *approving])),
        given_at=to_ms(approvals[0].at if approvals else draft.at),
        until=int(facts["expires_at"]),
        emergency=bool(approvals) and approvals[0].event == "issue_emergency",
        renewals=sum(step.event == "approve_renewal" for step in steps),
        fraud_type=_fraud_type(instance.campaign),
        simulated=instance.simulated,
    )


def summarize_leg(leg: Leg) -> OrderSummary:
    """Summarise what a leg is about: its order, or the targets of an order that an appeal restores.

    Raise InvalidOrder.
    """
    if leg.instance.process != APPEAL_PROCESS:
        return summarize_order(leg.instance)
    facts = leg.instance.situation["facts"]
    order = find_instances(_UNSCOPED).select_related("owner", "version").get(ref=facts["order"])
    summary, places = summarize_order(order), appealed_places(facts)
    targets = tuple(target for place, target in enumerate(summary.named) if place in places)
    return summary._replace(targets=targets, ordered=targets)


def appealed_places(facts: Mapping[str, Any]) -> frozenset[int]:
    """Return the places (from 0) of the targets that an appeal names; people count from 1."""
    return to_places(facts.get("targets") or ())


def build_instruction(summary: OrderSummary, leg: Leg) -> Instruction:
    """Build the instruction for the receiver of a leg. Raise InvalidOrder."""
    try:
        return Instruction(
            order=summary.order,
            leg=f"{summary.order}/{order_leg_name(summary, leg)}",
            action=summary.action,
            targets=summary.targets,
            issuer=summary.issuer,
            receiver=leg.receiver.ref,
            basis=summary.law,
            reason=summary.reason,
            approved_by=summary.approved_by,
            given_at=summary.given_at,
            until=summary.until,
            answer_by=to_ms(leg.due_at) if leg.due_at else None,
            fraud_type=summary.fraud_type,
            simulated=summary.simulated,
            emergency=summary.emergency,
            renewal=summary.renewals,
        )
    except (ValueError, msgspec.ValidationError) as error:
        raise InvalidOrder(str(error)) from None


def order_leg_name(summary: OrderSummary, leg: Leg) -> str:
    """Return the name of the order's leg of the same receiver, by which the receiver knows the order."""
    if leg.instance.ref == summary.order:
        return leg.name
    legs = find_legs(_UNSCOPED).filter(instance__ref=summary.order, receiver=leg.receiver_id)
    return legs.order_by("pk").values_list("name", flat=True)[0]


def find_leg(reference: str, receiver: Organization) -> Leg | None:
    """Return the leg of a reference (`ORDER/LEG`); None if it belongs to another receiver."""
    order, _, name = reference.partition("/")
    rows = find_legs(_UNSCOPED).filter(instance__ref=order, name=name, receiver=receiver)
    return rows.select_related("instance__owner", "instance__version", "receiver").first()


def _step_actor(step: Step) -> str:
    return step.person.ref if step.person else step.actor


def _fraud_type(campaign: str) -> str:
    if not campaign:
        return ""
    return find_campaigns(_UNSCOPED).filter(ref=campaign).values_list("fraud_type", flat=True).first() or ""
