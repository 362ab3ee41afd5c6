"""What steps ask of this room: send a leg, publish and withdraw decisions, prove an effect."""

from datetime import datetime

from django.utils import timezone

from fanzha.base.words import Words
from fanzha.claims.opinion import Opinion
from fanzha.command.orders import decision_opinions, screen_decisions
from fanzha.command.orders.delivery import ACTIVE_STATES, build_dispatch, send_leg
from fanzha.command.orders.order_summary import PROCESS, OrderSummary, summarize_order
from fanzha.command.orders.proofs import prove
from fanzha.command.orders.routes import choose_route
from fanzha.command.processes import notifications
from fanzha.command.processes.delivery_pool import Deferred, combine
from fanzha.command.processes.handlers import Handler
from fanzha.command.processes.models import Leg, OutboxItem
from fanzha.command.subjects.process_subjects import select_process_subjects
from fanzha.processes.effects import Effect
from fanzha.store.snapshot_publisher import find_served_entries
from fanzha.store.snapshots import SnapshotStore


def dispatch_leg(item: OutboxItem) -> Deferred | None:
    """Tell the receiver's desk; of an order, send the leg to the receiver's system where there is one."""
    notifications.notify(item, notifications.receiving_organizations(item), _to_do_words(item), urgent=True)
    return send_leg(item, _get_leg(item)) if item.instance.process == PROCESS else None


def apply_decision(item: OutboxItem) -> Deferred | None:
    """Let the decision hold: on the screens and on the subject pages; a renewed one also with receivers' systems."""
    if _is_withdrawn(item):
        return None
    now, instance = timezone.now(), item.instance
    if instance.process != PROCESS:
        law = instance.version.process.events[item.payload["event"]].basis
        decision_opinions.record_process_opinions(instance, _subject_ids(item, now), law, now)
        return None
    said = summarize_order(instance)
    screen_decisions.activate(_screen_decisions(item, said), said.approved_by, now)
    decision_opinions.record_order_opinions(instance, said, now)
    told = [send_leg(item, leg) for leg in _active_legs(item)] if said.renewals else []
    return combine([one for one in told if one is not None])


def revoke_decision(item: OutboxItem) -> None:
    """Let the decision hold no more; what is known beside it counts again."""
    now, instance = timezone.now(), item.instance
    decision_opinions.withdraw_opinions(instance, item.payload.get("event", ""), now)
    if instance.process == PROCESS:
        screen_decisions.deactivate(f"{instance.ref}/", summarize_order(instance).named, now)


def prove_effect(item: OutboxItem) -> None:
    """Prove a leg by what is known now; what is measured later proves it then."""
    prove(_get_leg(item))


def warm_up() -> None:
    """Load what publishing takes: the snapshot that is served, and the kernels that look into it."""
    find_served_entries(SnapshotStore(), [("phone_number", "+8617000000000")])


EFFECTS = {
    Effect.DISPATCH_LEG: Handler(dispatch_leg, sends=True),
    Effect.PUBLISH_DECISION: Handler(apply_decision, sends=True),
    Effect.WITHDRAW_DECISION: Handler(revoke_decision, sends=True),
    Effect.PROVE_EFFECT: Handler(prove_effect, sends=True),
}


def _get_leg(item: OutboxItem) -> Leg:
    rows = Leg.objects.select_related("instance__owner", "instance__version", "receiver")
    return rows.get(instance=item.instance, name=item.leg)


def _active_legs(item: OutboxItem) -> list[Leg]:
    rows = Leg.objects.filter(instance=item.instance, state__in=ACTIVE_STATES).order_by("id")
    return list(rows.select_related("instance__owner", "instance__version", "receiver"))


def _screen_decisions(item: OutboxItem, said: OrderSummary) -> dict[str, Opinion]:
    """Return the decisions of all legs whose receivers are served by the screens of this site."""
    found: dict[str, Opinion] = {}
    for leg in _active_legs(item):
        way = choose_route(said, leg.receiver)
        if way is not None and way[1].goes == "snapshot":
            found |= build_dispatch(said, leg, way[1], way[0], is_undo=False).decisions
    return found


def _is_withdrawn(item: OutboxItem) -> bool:
    """Return whether the decision was withdrawn by a later step, while this one waited to be tried again."""
    later = OutboxItem.objects.filter(instance=item.instance, effect=Effect.WITHDRAW_DECISION, step__gt=item.step)
    return later.exists()


def _subject_ids(item: OutboxItem, now: datetime) -> list[int]:
    """Return the primary keys of the subjects that a process decides on; raises LookupError where it names none."""
    found = [one.pk for one in select_process_subjects(item.instance, now)]
    if not found:
        raise LookupError(f"{item.instance.ref} decides, and names nothing that it decides on")
    return found


def _to_do_words(item: OutboxItem) -> Words:
    words = notifications.describe_event(item)
    return Words(f"待办：{words.zh}", f"To do: {words.en}")
