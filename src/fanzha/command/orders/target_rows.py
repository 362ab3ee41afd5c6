"""Write the rows of an order's targets, in the transaction of the step that creates or changes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from fanzha.base.clock import from_ms
from fanzha.base.ids import digest
from fanzha.command.audit.services import recorded
from fanzha.command.captures.services import MOST_PLANNED, plan_looks
from fanzha.command.orders.digest_tables import TARGETS
from fanzha.command.orders.models import OrderTarget, TargetState
from fanzha.command.orders.receiver_proposals import find_target_holders
from fanzha.command.orders.targets import parse_draft
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import Target
from fanzha.processes.situation import Change, StepRecord

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("the targets of an order are written for all who take part")

#: Events that approve the targets that they do not send back.
APPROVAL_EVENTS = frozenset({"approve", "issue_emergency"})
#: States in which the order applies to a target, and those in which it does or did.
ACTIVE_TARGET_STATES = (TargetState.APPROVED, TargetState.APPEALED)
ORDERED_STATES = (*ACTIVE_TARGET_STATES, TargetState.RESTORED, TargetState.ENDED)
#: The most that the column `place` can hold.
_MOST_PLACES = 32_767
#: The event of an emergency order that was not confirmed in time, which does not make it a false disposal.
_LAPSE = "lapse"
#: State of the process that ends the order -> state of its approved targets.
_ENDS = {
    "rolling_back": TargetState.RESTORED,
    "rolled_back": TargetState.RESTORED,
    "ending": TargetState.ENDED,
    "closed": TargetState.ENDED,
}


def select_targets(instance: ProcessInstance) -> QuerySet[OrderTarget]:
    """Return the rows of all targets of an order in the sequence of its draft, without those that were erased."""
    return _UNSCOPED.rows(OrderTarget).filter(instance=instance).exclude(value="").order_by("place")


def target_of(row: OrderTarget) -> Target:
    """Return the target of a row."""
    return Target(row.kind, row.value)


def sent_back_places(evidence: Mapping[str, Any]) -> frozenset[int]:
    """Return the places (from 0) of the targets that an approval sends back; people count from 1."""
    return to_places(evidence.get("sent_back", ()))


def to_places(numbers: Iterable[Any]) -> frozenset[int]:
    """Return the places (from 0) of numbers that count from 1; what is no number of a target has the place -1."""
    return frozenset(
        int(number) - 1 if isinstance(number, int | float) and 1 <= number <= _MOST_PLACES and number % 1 == 0 else -1
        for number in numbers
    )


def write_targets(instance: ProcessInstance, change: Change) -> None:
    """Write the new states of targets that the steps of a change set."""
    with recorded() as log:
        pks: set[int] = set()
        for index, step in enumerate(change.steps):
            evidence = change.evidence if index == 0 else {}
            if not step.leg:
                pks |= _write_step(instance, step, evidence, change.situation.facts)
        if pks:
            log.digest(TARGETS.model, pks)
    drafted = [step for step in change.steps if step.event == "draft" and not step.leg]
    if drafted:  # the approver sees the present pages of its sites
        plan_looks(instance.owner, _find_hosts(select_targets(instance)), instance.ref, from_ms(drafted[0].at))


def plan_appeal_looks(
    appeal: ProcessInstance, order: ProcessInstance, places: Collection[int], step: StepRecord
) -> None:
    """Plan looks at the sites that an appeal about an order names, by their places."""
    rows = select_targets(order).filter(place__in=list(places))
    plan_looks(appeal.owner, _find_hosts(rows), appeal.ref, from_ms(step.at))


def _find_hosts(rows: QuerySet[OrderTarget]) -> list[str]:
    return list(rows.filter(kind="website").values_list("value", flat=True)[:MOST_PLANNED])


def erase_targets(person: str, **_sent: object) -> None:
    """Blank the values of the targets of all orders about a person (PIPL Art. 47). Receives `person_erased`."""
    rows = _UNSCOPED.rows(OrderTarget)
    (rows.filter(instance__ref=person) | rows.filter(instance__about=person)).update(value="")


def _write_step(
    instance: ProcessInstance, step: StepRecord, evidence: Mapping[str, Any], facts: Mapping[str, Any]
) -> set[int]:
    if step.event == "draft":
        return _create_rows(instance, step, evidence)
    if step.event in APPROVAL_EVENTS:
        places = sent_back_places(evidence)
        proposed = _rows(instance, TargetState.PROPOSED)
        reason = str(evidence.get("sent_back_reason", ""))
        sent_back = _change(proposed.filter(place__in=places), TargetState.SENT_BACK, step, reason)
        return sent_back | _change(proposed.exclude(place__in=places), TargetState.APPROVED, step)
    if step.state in _ENDS and step.state != step.before:
        state = TargetState.ENDED if step.event == _LAPSE else _ENDS[step.state]
        return _change(_rows(instance, *ACTIVE_TARGET_STATES), state, step)
    return set()


def _create_rows(instance: ProcessInstance, step: StepRecord, evidence: Mapping[str, Any]) -> set[int]:
    parsed, at = parse_draft(evidence), from_ms(step.at)
    holders = find_target_holders(parsed.actions, at)
    rows = [
        OrderTarget(
            instance=instance,
            place=place,
            kind=target.kind,
            value=target.value,
            thing=digest(target.kind, target.value),
            action=parsed.actions[target].value if target in parsed.actions else "",
            holders=[holder.organization.ref for holder in holders.get(target, ())],
            changed_at=at,
        )
        for place, target in enumerate(parsed.targets)
    ]
    _UNSCOPED.rows(OrderTarget).bulk_create(rows)
    return set(_UNSCOPED.rows(OrderTarget).filter(instance=instance).values_list("pk", flat=True))


def _rows(instance: ProcessInstance, *states: TargetState) -> QuerySet[OrderTarget]:
    return _UNSCOPED.rows(OrderTarget).filter(instance=instance, state__in=states)


def _change(rows: QuerySet[OrderTarget], state: TargetState, step: StepRecord, reason: str = "") -> set[int]:
    pks = set(rows.values_list("pk", flat=True))
    changed = _UNSCOPED.rows(OrderTarget).filter(pk__in=pks)
    changed.update(state=state, reason=reason, step=step.number, changed_at=from_ms(step.at))
    return pks
