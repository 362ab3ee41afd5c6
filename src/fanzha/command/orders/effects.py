"""Effects of steps: dispatch a leg, apply and revoke decisions, prove an effect.

Applying the decision of an order does two things: `screen_delivery` gives it to screens as the instruction of their
legs, and `subjects.decisions` records it as a binding opinion on its subjects, which verdicts take into account.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.claims.opinion import Opinion
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.command.orders.delivery import ACTIVE_STATES, build_dispatch, send_leg
from fanzha.command.orders.leg_delivery import send_leg_message
from fanzha.command.orders.order_summary import APPEAL_PROCESS, PROCESS, OrderSummary, appealed_places, summarize_order
from fanzha.command.orders.proofs import prove
from fanzha.command.orders.routes import choose_route
from fanzha.command.orders.screen_delivery import deliver_to_screens, restore_on_screens, withdraw_from_screens
from fanzha.command.orders.target_rows import select_targets, target_of
from fanzha.command.orders.zone_delivery import restore_in_zone, withdraw_from_zone
from fanzha.command.processes.selectors import find_instances, find_legs, has_later_effect
from fanzha.command.processes.services import (
    EffectHandler,
    PendingDelivery,
    combine_deliveries,
    notify,
    receiving_organizations,
)
from fanzha.command.subjects.services import (
    DecisionDraft,
    canonicalize,
    get_or_create_subjects,
    record_decision,
    select_process_subjects,
    withdraw_decision,
)
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import Target
from fanzha.processes.effects import Effect
from fanzha.store.snapshot_publisher import find_served_entries
from fanzha.store.snapshots import SnapshotStore

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg, OutboxItem


_UNSCOPED = unscoped("an appeal changes the order that it is about")


def dispatch_leg(item: OutboxItem) -> PendingDelivery | None:
    """Notify the receiver, and send the leg to the receiver's system if there is one."""
    leg = _get_leg(item)
    notify(item, receiving_organizations(item), _to_do_words(leg), urgent=True)
    return send_leg(item, leg) if item.instance.process in (PROCESS, APPEAL_PROCESS) else send_leg_message(item, leg)


def apply_decision(item: OutboxItem) -> PendingDelivery | None:
    """Apply a decision to screens and subjects; send a renewed one to receivers' systems again."""
    if has_later_effect(item, Effect.WITHDRAW_DECISION):  # it was withdrawn while this item waited for a retry
        return None
    now, instance = timezone.now(), item.instance
    if instance.process != PROCESS:
        record_decision(instance, _process_subject_pks(item, now), _process_decision(item), now)
        return None
    summary = summarize_order(instance)
    deliver_to_screens(_screen_decisions(item, summary), summary.approved_by, now)
    for part in summary.split():
        record_decision(instance, _subject_pks(part.targets, now), _order_decision(part), now)
    deliveries = [send_leg(item, leg) for leg in _active_legs(item)] if summary.renewals else []
    return combine_deliveries([delivery for delivery in deliveries if delivery is not None])


def revoke_decision(item: OutboxItem) -> None:
    """Revoke the decision on subjects and screens."""
    now, instance = timezone.now(), item.instance
    withdraw_decision(instance, item.payload.get("event", ""), now)
    if instance.process == PROCESS:
        withdraw_from_screens(f"{instance.ref}/", summarize_order(instance).named, now)
        withdraw_from_zone((), now, id_prefix=f"{instance.ref}/")


def restore_targets(item: OutboxItem) -> None:
    """Revoke the decision of an order on the targets of an upheld appeal; the order continues for the others.

    Screens of this site let them pass at once; the legs of the appeal make the receivers lift the measure.
    """
    now, facts = timezone.now(), item.instance.situation["facts"]
    order = find_instances(_UNSCOPED).get(ref=facts["order"])
    places = appealed_places(facts)
    targets = [target_of(row) for row in select_targets(order) if row.place in places]
    withdraw_decision(order, item.payload.get("event", ""), now, _subject_pks(targets, now))
    restore_on_screens(order.ref, targets, now)
    restore_in_zone(order.ref, targets, now)


def prove_effect(item: OutboxItem) -> None:
    """Try to prove the leg with the current evidence; later measurements try again."""
    prove(_get_leg(item))


def warm_up() -> None:
    """Load the served snapshot and the kernels that read it."""
    find_served_entries(SnapshotStore(), [("phone_number", "+8617000000000")])


EFFECTS = {
    Effect.DISPATCH_LEG: EffectHandler(dispatch_leg, sends=True),
    Effect.PUBLISH_DECISION: EffectHandler(apply_decision, sends=True),
    Effect.WITHDRAW_DECISION: EffectHandler(revoke_decision, sends=True),
    Effect.RESTORE_TARGETS: EffectHandler(restore_targets, sends=True),
    Effect.PROVE_EFFECT: EffectHandler(prove_effect, sends=True),
}


def _get_leg(item: OutboxItem) -> Leg:
    rows = find_legs().select_related("instance__owner", "instance__version", "receiver")
    return rows.get(instance=item.instance, name=item.leg)


def _active_legs(item: OutboxItem) -> list[Leg]:
    rows = find_legs().filter(instance=item.instance, state__in=ACTIVE_STATES).order_by("id")
    return list(rows.select_related("instance__owner", "instance__version", "receiver"))


def _screen_decisions(item: OutboxItem, summary: OrderSummary) -> dict[str, Opinion]:
    """Return the decisions of all legs whose receivers use the screens of this site."""
    decisions: dict[str, Opinion] = {}
    for leg in _active_legs(item):
        for part in summary.for_receiver(leg.receiver).split():
            route = choose_route(part, leg.receiver)
            if part.targets and route is not None and route[1].goes == "snapshot":
                decisions |= build_dispatch(part, leg, route[1], route[0], is_undo=False).decisions
    return decisions


def _subject_pks(targets: Iterable[Target], now: datetime) -> list[int]:
    """Return the primary keys of the subjects of targets; create new ones."""
    return get_or_create_subjects([(canonicalize(target.kind, target.value), now, None) for target in targets], now)


def _order_decision(summary: OrderSummary) -> DecisionDraft:
    level = Level.CLEAR if summary.treatment is Treatment.ALLOW else Level.SUSPECTED
    return DecisionDraft(level, summary.reason.joined(), summary.law, summary.treatment, from_ms(summary.until))


def _process_subject_pks(item: OutboxItem, now: datetime) -> list[int]:
    """Return the primary keys of the subjects of a process. Raise LookupError if it names none."""
    subject_pks = [subject.pk for subject in select_process_subjects(item.instance, now)]
    if not subject_pks:
        raise LookupError(f"{item.instance.ref} decides, and names nothing that it decides on")
    return subject_pks


def _process_decision(item: OutboxItem) -> DecisionDraft:
    """Return the decision of a process that is no order: suspected, without a treatment and an end."""
    law = item.instance.version.process.events[item.payload["event"]].basis
    return DecisionDraft(Level.SUSPECTED, item.instance.title, law)


def _to_do_words(leg: Leg) -> Words:
    """Return what the receiver has to do: the main step of its leg, and not the step that ordered it."""
    process, about = leg.instance.version.process, f" · {leg.instance.title}" if leg.instance.title else ""
    events = process.legs.events.values() if process.legs else ()
    steps = (event.title for event in events if event.primary and leg.state in event.sources)
    step = next(steps, process.title)
    return Words(f"待办：{process.title.zh}{about}：{step.zh}", f"To do: {process.title.en}{about}: {step.en}")
