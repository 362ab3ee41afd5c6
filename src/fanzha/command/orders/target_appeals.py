"""Appeals about single targets of an order: checks of their steps, and the states of targets that they set."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.orders.digest_tables import TARGETS
from fanzha.command.orders.models import OrderTarget, TargetState
from fanzha.command.orders.order_summary import APPEAL_PROCESS, PROCESS, appealed_places
from fanzha.command.orders.target_rows import ACTIVE_TARGET_STATES, plan_appeal_looks, select_targets, target_of
from fanzha.command.orders.targets import may_receive, order_title
from fanzha.command.processes.selectors import (
    current_situation,
    find_instances,
    find_legs,
    load_processes,
    to_party,
)
from fanzha.command.processes.services import ConcurrentStep, StepAttempt, adopt_process, fire
from fanzha.command.web.components import FactItem
from fanzha.command.web.i18n import localize
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import ACTION_SPECS, Action
from fanzha.processes.engine import appeal_refusal
from fanzha.processes.parties import SYSTEM, Actor
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.situation import Change

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg, ProcessInstance

logger = logging.getLogger(__name__)
_UNSCOPED = unscoped("an appeal changes the order that it is about")

NO_SUCH_ORDER = Words("该单位没有这条执行中的指令", "the organisation has no such order that is being carried out")
NO_SUCH_TARGET = Words(
    "列表中没有此序号的已批准对象，或该对象已在申诉中",
    "no approved target has this number, or it is under appeal already",
)
NAME_TARGETS = Words(
    "该指令有多个对象：请在对象列表中对所涉对象单独提出申诉，其余对象不受影响",
    "the order has several targets: appeal for the one concerned in the list of targets, so that the others stay",
)
DECISIONS = frozenset({"uphold", "reject", "regulator_upholds", "regulator_rejects"})
#: Events after which somebody hears an appeal.
_HEARINGS = frozenset({"appeal", "appeal_to_regulator"})
#: The event of an appeal once its targets are restored everywhere, and the event of the order if it has no others.
_LIFTED = _ORDER_ENDS = "all_restored"
#: How often one run tries to end an order that somebody else changes meanwhile.
_MOST_TRIES = 3
#: An appeal that is upheld after the order has ended says, too, that the target was limited wrongly.
_UPHELD_FROM = (TargetState.APPROVED, TargetState.APPEALED, TargetState.ENDED)
#: Event of an appeal -> states of its targets that it changes, and their new state.
_CHANGES: dict[str, tuple[tuple[TargetState, ...], TargetState]] = {
    "appeal": ((TargetState.APPROVED,), TargetState.APPEALED),
    "appeal_to_regulator": ((TargetState.APPROVED,), TargetState.APPEALED),
    "reject": ((TargetState.APPEALED,), TargetState.APPROVED),
    "withdraw_appeal": ((TargetState.APPEALED,), TargetState.APPROVED),
    "regulator_rejects": ((TargetState.APPEALED,), TargetState.APPROVED),
    "uphold": (_UPHELD_FROM, TargetState.RESTORED),
    "regulator_upholds": (_UPHELD_FROM, TargetState.RESTORED),
}


def check_appeal(attempt: StepAttempt) -> None:
    """Raise Refusal for an appeal about no target in force, or a decision by somebody who decided on the order."""
    order = _find_order(attempt.facts)
    if attempt.event == "appeal":
        if order is None or order.ended_at is not None or to_party(order.owner) != attempt.owner:
            raise _refusal("order", NO_SUCH_ORDER)
        places = appealed_places(attempt.facts)
        if not places <= set(_approved(order).values_list("place", flat=True)):
            raise _refusal("targets", NO_SUCH_TARGET)
    elif attempt.event in DECISIONS and order is not None and attempt.actor is not None:
        refused = appeal_refusal(order.version.process, current_situation(order), attempt.actor)
        if refused is not None:
            raise refused


def bar_deciders(appeal: ProcessInstance, actor: Actor, events: frozenset[str]) -> dict[str, Words]:
    """Return why a person may not decide an appeal: he, or his unit, decided on its order."""
    if not (deciding := events & DECISIONS) or (order := find_order(appeal)) is None:
        return {}
    refused = appeal_refusal(order.version.process, current_situation(order), actor)
    return dict.fromkeys(deciding, refused.words) if refused else {}


def bar_whole_order(order: ProcessInstance, _actor: Actor, events: frozenset[str]) -> dict[str, Words]:
    """Return the reason why an order cannot be appealed as a whole: it has several targets."""
    return {"appeal": NAME_TARGETS} if "appeal" in events and select_targets(order).count() > 1 else {}


def find_order(appeal: ProcessInstance) -> ProcessInstance | None:
    """Return the order that an appeal is about, None if there is none."""
    return _find_order(current_situation(appeal).facts)


def restoring_receivers(appeal: ProcessInstance, _evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return the receivers who have to restore the targets of an appeal when it is upheld.

    They are those whose legs of the order are open and who may act on one of the targets; of an order that has ended,
    all who had such a leg.
    """
    order, places = find_order(appeal), appealed_places(current_situation(appeal).facts)
    if order is None:
        return {}
    actions = [Action(row.action) for row in select_targets(order) if row.place in places and row.action]
    legs = find_legs(_UNSCOPED).filter(instance=order).exclude(state="forwarded").select_related("receiver")
    able = [leg for leg in legs.order_by("pk") if any(may_receive(action, leg.receiver.kind) for action in actions)]
    open_legs = [leg for leg in able if leg.ended_at is None]
    return {"receivers": tuple(to_party(leg.receiver) for leg in open_legs or able)}


def check_order(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return no computed values. Raise Refusal if the viewer may not read the order of an appeal, or it has ended."""
    if _readable_order(evidence) is None:
        raise _refusal("order", NO_SUCH_ORDER)
    return {}


def computed_title(evidence: Mapping[str, Any]) -> str:
    """Return the title of an appeal: its first target, masked, and the number of further targets."""
    order, places = _readable_order(evidence), appealed_places(evidence)
    targets = [target_of(row) for row in select_targets(order).filter(place__in=places)] if order else []
    return order_title(targets) if targets else ""


def describe_appeal(evidence: Mapping[str, Any]) -> list[FactItem]:
    """Return what an appeal is about, for the form that files it; [] if the viewer may not read the order."""
    order, title = _readable_order(evidence), computed_title(evidence)
    if order is None or not title:
        return []
    measures = {row.action for row in select_targets(order).filter(place__in=appealed_places(evidence)) if row.action}
    titles = [localize(ACTION_SPECS[Action(action)].title) for action in sorted(measures)]
    return [
        FactItem(_("Target"), title),
        FactItem(_("Measure"), pgettext("list", ", ").join(titles)),
        FactItem(_("Ordered by"), str(order.owner)),
        FactItem(_("Since"), order.opened_at),
    ]


def write_appealed_targets(instance: ProcessInstance, change: Change) -> None:
    """Set the states of targets of an order that the steps of an appeal change; end an order without any other."""
    order, places = _find_order(change.situation.facts), appealed_places(change.situation.facts)
    if order is None:
        return
    with recorded() as log:
        for step in change.steps:
            before, after = _CHANGES.get(step.event, ((), None))
            if step.leg or after is None:
                continue
            rows = _UNSCOPED.rows(OrderTarget).filter(instance=order, place__in=places, state__in=before)
            pks = set(rows.values_list("pk", flat=True))
            reason = str(change.evidence.get("reason", "")) if after is TargetState.RESTORED else ""
            _UNSCOPED.rows(OrderTarget).filter(pk__in=pks).update(
                state=after, reason=reason, changed_at=from_ms(step.at)
            )
            log.digest(TARGETS.model, pks)
    for step in change.steps:
        if step.event in _HEARINGS and not step.leg:
            plan_appeal_looks(instance, order, places, step)
    if any(step.event == _LIFTED and not step.leg for step in change.steps):
        _end_restored_order(order, from_ms(change.steps[-1].at))


def find_appeals(order: ProcessInstance) -> QuerySet[ProcessInstance]:
    """Return the appeals about targets of an order that the viewer may read, the latest first."""
    rows = find_instances().filter(process=APPEAL_PROCESS, owner=order.owner_id, situation__facts__order=order.ref)
    return rows.select_related("version").order_by("-pk")


class AppealRow(NamedTuple):
    """An appeal for the page of its order; `takes_targets`: the viewer is to restore its targets."""

    instance: ProcessInstance
    state: Words
    takes_targets: bool


def present_appeals(order: ProcessInstance, viewer: Viewer) -> list[AppealRow]:
    """Present the appeals about targets of an order, in two queries."""
    appeals = list(find_appeals(order))
    legs = find_legs().filter(instance__in=appeals, receiver=viewer.organization, state="releasing")
    to_restore = set(legs.values_list("instance", flat=True))
    return [
        AppealRow(appeal, appeal.version.process.states[appeal.state].title, appeal.pk in to_restore)
        for appeal in appeals
    ]


def find_restoration_legs(order: ProcessInstance, receiver: int | None = None) -> list[Leg]:
    """Return the open legs by which targets of an order are restored, of one receiver (primary key) if given."""
    rows = find_legs(_UNSCOPED).filter(
        instance__process=APPEAL_PROCESS,
        instance__owner=order.owner_id,
        instance__situation__facts__order=order.ref,
        ended_at=None,
    )
    rows = rows if receiver is None else rows.filter(receiver=receiver)
    return list(rows.select_related("instance__owner", "instance__version", "receiver").order_by("pk"))


def _approved(order: ProcessInstance) -> QuerySet[OrderTarget]:
    return select_targets(order).filter(state=TargetState.APPROVED)


def _end_restored_order(order: ProcessInstance, at: datetime) -> None:
    """End an order whose targets were all restored, once every receiver has proven that it lifted the measure.

    An order of an older version, which has no such event, is moved to the present version, which ends it.
    """
    if find_restoration_legs(order) or select_targets(order).filter(state__in=ACTIVE_TARGET_STATES).exists():
        return
    process = order.version.process
    if _ORDER_ENDS not in process.events:
        process = load_processes()[PROCESS]
    event, legs = process.events.get(_ORDER_ENDS), process.legs
    leg_states = {leg["state"] for leg in order.situation.get("legs", [])}
    if event is None or order.state not in event.sources or legs is None or not leg_states <= legs.states.keys():
        return
    with recorded():
        if process is not order.version.process:
            adopt_process(order, process, at)
        fire(order.ref, _ORDER_ENDS, SYSTEM, {}, at=at)


def end_restored_orders(now: datetime) -> None:
    """End the running orders whose targets were all restored, those of older versions too."""
    rows = _UNSCOPED.rows(OrderTarget).filter(instance=OuterRef("pk"))
    open_targets = rows.filter(state__in=(TargetState.PROPOSED, *ACTIVE_TARGET_STATES))
    orders = find_instances(_UNSCOPED).filter(
        Exists(rows.filter(state=TargetState.RESTORED)), ~Exists(open_targets), process=PROCESS, ended_at=None
    )
    for ref in list(orders.order_by("pk").values_list("ref", flat=True)):
        _try_to_end(ref, now)


def _try_to_end(ref: str, now: datetime) -> None:
    """End an order if it can end; try again if somebody changes it meanwhile."""
    for _try in range(_MOST_TRIES):
        order = find_instances(_UNSCOPED).select_related("owner", "version").get(ref=ref)
        try:
            _end_restored_order(order, now)
        except ConcurrentStep:
            continue
        except Refusal as refused:
            logger.warning("the order %s cannot end: %s", ref, refused)
        return
    logger.warning("the order %s changes all the time; it is tried again at the next run", ref)


def _find_order(facts: Mapping[str, Any]) -> ProcessInstance | None:
    """Return the order of an appeal, which may have ended since the appeal was filed."""
    rows = find_instances(_UNSCOPED).filter(process=PROCESS, ref=str(facts.get("order", "")))
    return rows.select_related("owner", "version").first()


def _readable_order(evidence: Mapping[str, Any]) -> ProcessInstance | None:
    rows = find_instances().select_related("owner", "version").filter(process=PROCESS, ended_at=None)
    return rows.filter(ref=str(evidence.get("order", ""))).first()


def _refusal(field: str, why: Words) -> Refusal:
    return Refusal(Reason.EVIDENCE, why, fields={field: why})
