"""What an order says, read from its steps: action, targets, who approved, until when; and the instruction of a leg."""

from typing import NamedTuple

import msgspec
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.campaigns.models import Campaign
from fanzha.command.orders.exclusions import excluded_targets
from fanzha.command.orders.targets import ParsedTargets, find_action, parse_targets
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import Leg, ProcessInstance, Step
from fanzha.dispose import ACTION_SPECS, Action, Instruction, Target

PROCESS = "order"
_APPROVAL_EVENTS = ("approve", "issue_emergency", "ratify", "approve_renewal")


class InvalidOrder(ValueError):
    """An order that no channel and nobody can carry out; the text says why."""


class OrderSummary(NamedTuple):
    """What an order says. `renewals` counts how often it was renewed; times are UTC ms.

    `named` are all that its draft names, `targets` those of them whom it may hit now: what is taken back is taken
    back from all.
    """

    order: str
    action: Action
    targets: tuple[Target, ...]
    named: tuple[Target, ...]
    wrong: tuple[tuple[str, str], ...]
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
    def with_all_targets(self) -> "OrderSummary":
        """Return it with all that it names, as it is taken back."""
        return self._replace(targets=self.named)

    @property
    def law(self) -> tuple[str, ...]:
        """Return the codes of its legal basis."""
        return ACTION_SPECS[self.action].law


def summarize_order(instance: ProcessInstance, findings_until: int | None = None) -> OrderSummary:
    """Return what an order says; raises CannotBeOrdered.

    Whether a target is a victim is judged by the findings that had come in by `findings_until` (UTC ms), by default
    when the order was last approved: later findings may be staged to escape an order that is in force.
    """
    steps = list(Step._base_manager.filter(instance=instance, leg="").select_related("person").order_by("number"))
    draft, facts = steps[0], instance.situation["facts"]
    found = draft_targets(draft, facts)
    action = find_action(facts["target_kind"], facts["action"])
    if action is None or not found.targets:
        raise InvalidOrder("；".join(f"{value}: {why}" for value, why in found.wrong) or "no target, or no such action")
    approving = [step for step in steps if step.event in _APPROVAL_EVENTS]
    if findings_until is None and approving:
        findings_until = max(to_ms(step.at) for step in approving)
    spared = excluded_targets(found.targets, to_ms(timezone.now()), findings_until)
    given = [step for step in approving if step.event in ("approve", "issue_emergency")]
    reason = str(draft.evidence.get("reason", ""))
    return OrderSummary(
        order=instance.ref,
        action=action,
        targets=tuple(one for one in found.targets if one not in spared),
        named=found.targets,
        wrong=found.wrong,
        issuer=instance.owner.ref,
        reason=Words(reason, reason),
        approved_by=tuple(dict.fromkeys(_step_actor(step) for step in [draft, *approving])),
        given_at=to_ms(given[0].at if given else draft.at),
        until=int(facts["expires_at"]),
        emergency=bool(given) and given[0].event == "issue_emergency",
        renewals=sum(step.event == "approve_renewal" for step in steps),
        fraud_type=_fraud_type(instance.campaign),
        simulated=instance.simulated,
    )


def draft_targets(draft: Step, facts: dict[str, object]) -> ParsedTargets:
    """Return the targets that a draft names."""
    values = draft.personal.get("subjects", [])
    return parse_targets(str(facts["target_kind"]), str(facts["action"]), map(str, values))


def build_instruction(said: OrderSummary, leg: Leg) -> Instruction:
    """Return what the receiver of a leg is told to do."""
    try:
        return Instruction(
            order=said.order,
            leg=f"{said.order}/{leg.name}",
            action=said.action,
            targets=said.targets,
            issuer=said.issuer,
            receiver=leg.receiver.ref,
            basis=said.law,
            reason=said.reason,
            approved_by=said.approved_by,
            given_at=said.given_at,
            until=said.until,
            answer_by=to_ms(leg.due_at) if leg.due_at else None,
            fraud_type=said.fraud_type,
            simulated=said.simulated,
            emergency=said.emergency,
            renewal=said.renewals,
        )
    except (ValueError, msgspec.ValidationError) as error:
        raise InvalidOrder(str(error)) from None


def find_leg(reference: str, receiver: Organization) -> Leg | None:
    """Return the leg that a receiver's answer names (`ORDER/LEG`); None when it is not his."""
    order, _, name = reference.partition("/")
    rows = Leg._base_manager.filter(instance__ref=order, name=name, receiver=receiver)
    return rows.select_related("instance__owner", "instance__version", "receiver").first()


def _step_actor(step: Step) -> str:
    return step.person.ref if step.person else step.actor


def _fraud_type(campaign: str) -> str:
    if not campaign:
        return ""
    return Campaign._base_manager.filter(ref=campaign).values_list("fraud_type", flat=True).first() or ""
