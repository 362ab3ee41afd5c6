"""Summarise an order from its steps: targets with their actions, approvals and end; build instructions of a leg.

A leg is about the targets that its receiver may act on. It is instructed by one message for each action.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
from fanzha.command.orders.targets import may_receive
from fanzha.command.processes.selectors import current_situation, find_instances, find_legs, find_steps
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import ACTION_SPECS, TREATMENTS, Action, Instruction, Target
from fanzha.processes.parties import Party

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.processes.models import Leg, ProcessInstance, Step

_UNSCOPED = unscoped("steps and legs of an order that the caller may read")

PROCESS = "order"
APPEAL_PROCESS = "target_appeal"
_EVERYWHERE = TREATMENTS | {Action.BLOCK_ACCESS}
ORDER_DECISIONS = ("approve", "issue_emergency", "ratify", "approve_renewal")


class InvalidOrder(ValueError):
    """Raised for an order that cannot be executed; the text gives the reason."""


class OrderSummary(NamedTuple):
    """The content of an order, or of the part of it that one instruction carries. Times are UTC ms.

    `named` are all targets of the draft, `ordered` those of them that were approved (all until somebody approves), and
    `targets` those that apply now: approved, not restored and not excluded. Undo applies to all `ordered`. `actions`
    are those of all named targets, `action` is that of the first ordered one; in a part all targets have it.
    `has_parts`: the receiver gets several instructions. `renewals` counts renewals. `holders` are the organisations
    (refs) that hold targets, `receivers` those that the order names.
    """

    order: str
    action: Action
    actions: Mapping[Target, Action]
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
    has_parts: bool = False
    holders: Mapping[Target, tuple[str, ...]] = {}
    receivers: frozenset[str] = frozenset()

    @property
    def part(self) -> str:
        """Return the name of the part in references, "" if the receiver gets one instruction only."""
        return self.action.value if self.has_parts else ""

    def select(self, targets: Collection[Target]) -> OrderSummary:
        """Return the summary narrowed to some of the ordered targets."""
        ordered = tuple(target for target in self.ordered if target in targets)
        return self._replace(
            action=self.actions[ordered[0]] if ordered else self.action,
            targets=tuple(target for target in self.targets if target in targets),
            ordered=ordered,
        )

    def for_receiver(self, receiver: Organization) -> OrderSummary:
        """Return the summary narrowed to the targets that an organisation is to act on."""
        summary = self.select({target for target in self.named if self.is_for(target, receiver.ref, receiver.kind)})
        return summary._replace(has_parts=len(summary.split()) > 1)

    def is_for(self, target: Target, receiver: str, kind: str) -> bool:
        """Return whether a target is for an organisation (a ref) of a kind.

        One that holds targets gets those and what no receiver holds; others get all that they may act on, as when
        people chose them. Calls are treated, and names blocked, in every network.
        """
        if not may_receive(self.actions[target], kind):
            return False
        holders = self.holders.get(target, ())
        if receiver in holders or self.receivers.isdisjoint(holders) or self.actions[target] in _EVERYWHERE:
            return True
        return not any(receiver in owners for owners in self.holders.values())

    def split(self) -> list[OrderSummary]:
        """Return the summary of each action, in the sequence of the targets; each is carried by one instruction."""
        actions = dict.fromkeys(self.actions[target] for target in self.ordered)
        return [
            self.select({target for target in self.ordered if self.actions[target] is action}) for action in actions
        ]

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
    rows, receivers = list(select_targets(instance)), current_situation(instance).facts.get("receivers")
    if not rows or not all(row.action for row in rows):
        raise InvalidOrder("no target, or no such action")
    actions = {target_of(row): Action(row.action) for row in rows}
    ordered = [row for row in rows if row.state in ORDERED_STATES] or rows
    active = {target_of(row) for row in ordered if row.state in (TargetState.PROPOSED, *ACTIVE_TARGET_STATES)}
    approving = [step for step in steps if step.event in ORDER_DECISIONS]
    if findings_until is None and approving:
        findings_until = max(to_ms(step.at) for step in approving)
    named = tuple(map(target_of, rows))
    excluded = excluded_targets(named, to_ms(timezone.now()), findings_until)
    approvals = [step for step in approving if step.event in ("approve", "issue_emergency")]
    reason = str(draft.evidence.get("reason", ""))
    return OrderSummary(
        order=instance.ref,
        action=Action(ordered[0].action),
        actions=actions,
        targets=tuple(target for target in named if target in active and target not in excluded),
        named=named,
        ordered=tuple(map(target_of, ordered)),
        issuer=instance.owner.ref,
        reason=Words.parse(reason),
        approved_by=tuple(dict.fromkeys(_step_actor(step) for step in [draft, *approving])),
        given_at=to_ms(approvals[0].at if approvals else draft.at),
        until=int(facts["expires_at"]),
        emergency=bool(approvals) and approvals[0].event == "issue_emergency",
        renewals=sum(step.event == "approve_renewal" for step in steps),
        fraud_type=_fraud_type(instance.campaign),
        simulated=instance.simulated,
        holders={target_of(row): tuple(row.holders) for row in rows if row.holders},
        receivers=frozenset(
            party.organization
            for party in (receivers if isinstance(receivers, tuple) else ())
            if isinstance(party, Party)
        ),
    )


def summarize_leg(leg: Leg) -> OrderSummary:
    """Summarise what a leg is about: the targets of its order, or of an order that an appeal restores.

    They are those that its receiver may act on. Raise InvalidOrder.
    """
    if leg.instance.process != APPEAL_PROCESS:
        return summarize_order(leg.instance).for_receiver(leg.receiver)
    facts = leg.instance.situation["facts"]
    order = find_instances(_UNSCOPED).select_related("owner", "version").get(ref=facts["order"])
    summary, places = summarize_order(order).for_receiver(leg.receiver), appealed_places(facts)
    appealed = summary.select({target for place, target in enumerate(summary.named) if place in places})
    return appealed._replace(targets=appealed.ordered)


def appealed_places(facts: Mapping[str, Any]) -> frozenset[int]:
    """Return the places (from 0) of the targets that an appeal names; people count from 1."""
    return to_places(facts.get("targets") or ())


def build_instruction(summary: OrderSummary, leg: Leg) -> Instruction:
    """Build the instruction for the receiver of a leg. Raise InvalidOrder."""
    try:
        return Instruction(
            order=summary.order,
            leg=leg_reference(summary, leg),
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


def leg_reference(summary: OrderSummary, leg: Leg) -> str:
    """Return the reference `ORDER/LEG` or `ORDER/LEG-ACTION` by which a receiver knows an instruction.

    An appeal refers to the leg of the order that the same receiver has.
    """
    name = leg.name if leg.instance.ref == summary.order else _order_leg_name(summary, leg)
    return f"{summary.order}/{name}-{summary.part}" if summary.part else f"{summary.order}/{name}"


def find_leg(reference: str, receiver: Organization) -> Leg | None:
    """Return the leg of a reference (`ORDER/LEG` or `ORDER/LEG-ACTION`); None if it belongs to another receiver."""
    order, _, name = reference.partition("/")
    rows = find_legs(_UNSCOPED).filter(instance__ref=order, name=name.partition("-")[0], receiver=receiver)
    return rows.select_related("instance__owner", "instance__version", "receiver").first()


def part_targets(leg: Leg, reference: str) -> tuple[Target, ...] | None:
    """Return the targets of the part that a reference names: () for the whole leg, None if there is no such part."""
    part = reference.partition("/")[2].partition("-")[2]
    if not part:
        return ()
    return next((summary.ordered for summary in summarize_leg(leg).split() if summary.part == part), None)


def _order_leg_name(summary: OrderSummary, leg: Leg) -> str:
    legs = find_legs(_UNSCOPED).filter(instance__ref=summary.order, receiver=leg.receiver_id)
    return legs.order_by("pk").values_list("name", flat=True)[0]


def _step_actor(step: Step) -> str:
    return step.person.ref if step.person else step.actor


def _fraud_type(campaign: str) -> str:
    if not campaign:
        return ""
    return find_campaigns(_UNSCOPED).filter(ref=campaign).values_list("fraud_type", flat=True).first() or ""
