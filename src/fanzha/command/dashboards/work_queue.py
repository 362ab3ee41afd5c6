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
    find_legs,
    late_legs,
    list_offers,
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
MAX_ACTIONS = 3


def receiver_legs(viewer: Viewer) -> QuerySet[Leg]:
    """Return the open legs received by the viewer's organisation, most urgent first."""
    rows = find_legs().filter(receiver=viewer.organization, ended_at=None)
    return rows.select_related("instance__version", "instance__owner").order_by(URGENT, "pk")


def outstanding_legs(viewer: Viewer, **filters: object) -> QuerySet[Leg]:
    """Return the open legs of the viewer's processes that others must execute, most urgent first."""
    rows = find_legs().filter(instance__owner=viewer.organization, ended_at=None, **filters)
    rows = rows.exclude(receiver=viewer.organization).select_related("instance__version", "receiver")
    return rows.order_by(URGENT, "pk")


def legs_to_do(viewer: Viewer, actor: Actor, limit: int = MAX_ROWS) -> list[ListRow]:
    """Return the legs on which this person may take a step now, without those where each step does harm."""
    rows = []
    for leg in receiver_legs(viewer)[:MAX_CANDIDATES]:
        steps = [offer for offer in list_offers(leg.instance, actor) if offer.leg == leg.name and offer.allowed]
        if any(not _is_harmful(leg, offer) for offer in steps):
            rows.append(leg_row(leg, leg.instance.owner, steps))
        if len(rows) == limit:
            break
    return rows


def _is_harmful(leg: Leg, offer: Offer) -> bool:
    machine = leg.instance.version.process.machine_for(offer.event)
    return machine is not None and machine.events[offer.event].harmful


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
        if steps:
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
        yield Badge(_("simulated"), "", Tone.PLAIN)


def _actions(instance: ProcessInstance, steps: Sequence[Offer]) -> Iterator[ActionButton]:
    for index, offer in enumerate(steps[:MAX_ACTIONS]):
        url = reverse("process_do", args=[instance.ref, offer.event])
        yield ActionButton(
            localize(offer.title),
            f"{url}?leg={offer.leg}" if offer.leg else url,
            post=False,
            main=index == 0,
            key="a" if index == 0 else "",
        )


def present_late_legs(legs: Iterable[Leg], viewer: Viewer, back: str) -> list[ListRow]:
    """Return late legs as rows, with a reminder button if the viewer may send reminders; it returns to `back`."""
    return [_late_leg_row(leg, viewer.has(*REMINDER_ROLES), back) for leg in legs]


def _late_leg_row(leg: Leg, may_remind: bool, back: str) -> ListRow:
    button = ActionButton(
        _("Send a reminder"), reverse("urge", args=[leg.pk]), fields=(("next", back),), icon="bell", key="a"
    )
    return replace(leg_row(leg, leg.receiver), actions=(button,) if may_remind else ())
