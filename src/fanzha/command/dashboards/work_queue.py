"""Open work: steps that the viewer may take now, and outstanding legs of others, in few queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from fanzha.base.masking import mask_numbers
from fanzha.command.orders.services import REMINDER_ROLES
from fanzha.command.processes.selectors import (
    URGENT,
    find_instance_page,
    find_instances,
    find_joint_title,
    find_legs,
    is_expected,
    late_legs,
    list_offers,
    waiting_legs,
)
from fanzha.command.web.components import ActionButton, Badge, ListRow, Tone
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor
from fanzha.processes.situation import Offer

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg, ProcessInstance

#: How many rows a dashboard list shows, and how many candidates are checked for them.
MAX_ROWS, MAX_CANDIDATES = 5, 40
#: The rank of a step that is not expected.
_SELDOM = 2


def legs_waiting(viewer: Viewer) -> QuerySet[Leg]:
    """Return the legs that wait for a step of one of the viewer's roles, most urgent first."""
    rows = find_legs().filter(waiting_legs(viewer))
    return rows.select_related("instance__version", "instance__owner").order_by(URGENT, "pk")


def outstanding_legs(viewer: Viewer, **filters: object) -> QuerySet[Leg]:
    """Return the open legs of the viewer's processes that others must execute, most urgent first."""
    rows = find_legs().filter(instance__owner=viewer.organization, ended_at=None, **filters)
    rows = rows.exclude(receiver=viewer.organization).select_related("instance__version", "receiver")
    return rows.order_by(URGENT, "pk")


def legs_to_do(viewer: Viewer, actor: Actor, limit: int = MAX_ROWS) -> list[ListRow]:
    """Return the most urgent legs that wait for a step of one of the viewer's roles."""
    return present_waiting_legs(legs_waiting(viewer)[:limit], actor)


def present_waiting_legs(legs: Iterable[Leg], actor: Actor) -> list[ListRow]:
    """Return legs as rows with the main step that this person may take now, or the reason why he may take none."""
    return [_waiting_leg_row(leg, actor) for leg in legs]


def _waiting_leg_row(leg: Leg, actor: Actor) -> ListRow:
    process = leg.instance.version.process
    events = process.legs.events if process.legs else {}
    offers = [offer for offer in list_offers(leg.instance, actor) if offer.leg == leg.name]
    expected = [offer for offer in offers if is_expected(events[offer.event])]
    steps = [offer for offer in expected if offer.allowed]
    barred = next((offer.why_not for offer in expected if offer.why_not), None)
    row = leg_row(leg, leg.instance.owner, steps)
    return row if steps or barred is None else replace(row, summary=localize(barred))


def present_outstanding_legs(rows: Iterable[Leg]) -> list[ListRow]:
    """Return outstanding legs as rows."""
    return [leg_row(leg, leg.receiver) for leg in rows]


def late_outstanding_legs(viewer: Viewer, now: datetime, limit: int = MAX_ROWS) -> list[ListRow]:
    """Return the legs of the viewer's own processes that are late."""
    return present_outstanding_legs(late_legs(outstanding_legs(viewer), now)[:limit])


def instances_to_do(rows: Iterable[ProcessInstance], actor: Actor, limit: int = MAX_ROWS) -> list[ListRow]:
    """Return the processes in which this person may take a step of the process itself now."""
    todo_rows: list[ListRow] = []
    for instance in rows:
        steps = [offer for offer in list_offers(instance, actor) if not offer.leg and offer.allowed]
        if any(_rank(instance, offer) < _SELDOM for offer in steps):
            todo_rows.append(instance_row(instance, steps))
        if len(todo_rows) == limit:
            break
    return todo_rows


def leg_row(leg: Leg, organization: object, steps: Sequence[Offer] = ()) -> ListRow:
    """Return a leg as a row; `organization` is the other party."""
    process = leg.instance.version.process
    assert process.legs is not None
    state = process.legs.states[leg.state]
    return ListRow(
        title=instance_title(leg.instance),
        href=instance_url(leg.instance),
        summary=localize(state.title),
        badges=tuple(_badges(leg.instance, state.attention)),
        due=leg.clock_at,
        at=leg.changed_at,
        meta=(str(organization),),
        actions=tuple(_actions(leg.instance, steps)),
    )


def instance_row(instance: ProcessInstance, steps: Sequence[Offer] = (), why: str = "") -> ListRow:
    """Return a running process as a row."""
    state = instance.version.process.states[instance.state]
    return ListRow(
        title=instance_title(instance),
        href=instance_url(instance),
        summary=why or localize(state.title),
        badges=tuple(_badges(instance, state.attention)),
        due=instance.clock_at,
        at=instance.changed_at,
        meta=(str(instance.owner),),
        actions=tuple(_actions(instance, steps)),
    )


def instance_url(instance: ProcessInstance) -> str:
    """Return the URL of a process page."""
    return reverse(find_instance_page(instance.process), args=[instance.ref])


def instance_title(instance: ProcessInstance) -> str:
    """Return the title of a process in lists, with masked numbers."""
    process_title = localize(instance.version.process.title)
    return f"{process_title} · {mask_numbers(instance.title)}" if instance.title else process_title


def own_instances(viewer: Viewer, condition: Q | None = None) -> QuerySet[ProcessInstance]:
    """Return the running processes of a viewer's own organisation, the most urgent first."""
    rows = find_instances().filter(condition or Q(), owner=viewer.organization, ended_at=None)
    return rows.select_related("version", "owner").order_by(URGENT, "pk")


def _badges(instance: ProcessInstance, attention: bool) -> Iterator[Badge]:
    if attention:
        yield Badge(_("needs attention"), "alert", Tone.WARN)
    if instance.simulated:
        yield Badge(_("simulated"), "", Tone.SIMULATED)


def _actions(instance: ProcessInstance, steps: Sequence[Offer]) -> Iterator[ActionButton]:
    """Yield the main step: one button, the others are on the page of the process.

    A main step of a leg that asks for nothing is taken by one press.
    """
    if not steps:
        return
    offer = min(steps, key=lambda step: _rank(instance, step))
    url = reverse("process_do", args=[instance.ref, offer.event])
    url = f"{url}?leg={offer.leg}" if offer.leg else url
    is_one_press = bool(offer.leg) and not offer.evidence and _rank(instance, offer) == 0
    yield ActionButton(
        localize(find_joint_title(instance.process, offer.event) or offer.title),
        f"{url}&back=home" if is_one_press else url,
        post=is_one_press,
        fields=(("leg", offer.leg),) if is_one_press else (),
        main=True,
        key="a",
    )


def _rank(instance: ProcessInstance, offer: Offer) -> int:
    """Return 0 for the declared main step, 1 for another one, 2 for one that is harmful or seldom needed."""
    machine = instance.version.process.machine_for(offer.event)
    event = machine.events[offer.event] if machine else None
    return 1 if event is None else 0 if event.primary else 1 if is_expected(event) else _SELDOM


def present_late_legs(legs: Iterable[Leg], viewer: Viewer, back: str) -> list[ListRow]:
    """Return late legs as rows, with a reminder button if the viewer may send reminders; it returns to `back`."""
    return [_late_leg_row(leg, viewer.has(*REMINDER_ROLES), back) for leg in legs]


def _late_leg_row(leg: Leg, may_remind: bool, back: str) -> ListRow:
    button = ActionButton(
        _("Send a reminder"), reverse("urge", args=[leg.pk]), fields=(("next", back),), icon="bell", key="a"
    )
    return replace(leg_row(leg, leg.receiver), actions=(button,) if may_remind else ())
