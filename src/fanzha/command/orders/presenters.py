"""Present orders, legs and endpoints for pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.ids import short_code
from fanzha.base.words import Words
from fanzha.command.orders.exchange_folder import count_outgoing, list_incoming
from fanzha.command.orders.leg_status import ZoneStatus, describe_leg_status, find_zone_status
from fanzha.command.orders.models import (
    Endpoint,
    Measurement,
    MeasurementKind,
    ReceivedMessage,
    ReceptionOutcome,
    Sending,
    SendingState,
)
from fanzha.command.orders.reminders import may_remind
from fanzha.command.orders.selectors import SHOW_WORDS, OrderFilter, filter_orders
from fanzha.command.orders.targets import ACTION_FIELDS
from fanzha.command.processes.selectors import LegSummary, NextStep, ProcessPage, find_legs, find_steps
from fanzha.command.reviews.selectors import share_words
from fanzha.command.subjects.selectors import mask_value
from fanzha.command.web.components import ActionButton, Badge, DataTable, KeyFigure, ListRow, Tone
from fanzha.command.web.counts import count_capped
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import DisposalChannel, all_channels
from fanzha.processes.process import Process
from fanzha.store.probe_queue import SiteState

if TYPE_CHECKING:
    from fanzha.command.orders.false_disposals import DisposalRate
    from fanzha.command.organizations.models import Organization
    from fanzha.command.processes.models import Leg, ProcessInstance

#: Events that a button fires directly; other events open a form.
ONE_CLICK_EVENTS = ("acknowledge", "report_executed", "report_lifted")
#: States of a leg in which a reminder is possible.
REMINDER_STATES = ("sent", "unanswered", "acknowledged", "partial", "releasing")


@dataclass(frozen=True)
class LegRow:
    """One leg. `completion_event` reports it as executed or lifted, "" if not possible now.

    `needs_proof`: that event asks for a file. `status` says what became of it where the zone or a mail carries it.
    """

    leg: Leg
    title: Words
    is_end: bool
    is_mine: bool
    sending: Sending | None
    channel: str
    sent_words: str
    status: str
    can_acknowledge: bool
    completion_event: str
    needs_proof: bool
    other_steps: tuple[NextStep, ...]
    can_urge: bool


def present_legs(page: ProcessPage, viewer: Viewer) -> list[LegRow]:
    """Present the legs that the viewer may read, in one more query, and another if the zone carries any."""
    latest: dict[str, Sending] = {}
    for sending in Sending.objects.filter(instance=page.instance).defer("file_body").order_by("pk"):
        earlier = latest.get(sending.leg)
        if earlier is None or earlier.item_id != sending.item_id or earlier.state == SendingState.SENT:
            latest[sending.leg] = sending  # of several actions sent at once, one that is not sent comes first
    channels = all_channels()
    in_zone = any(one.channel in channels and channels[one.channel].goes == "zone" for one in latest.values())
    zone = find_zone_status(page.instance) if in_zone else None
    return [_present_leg(leg_row, latest.get(leg_row.leg.name), zone, viewer, page) for leg_row in page.legs]


def _present_leg(
    summary: LegSummary, sending: Sending | None, zone: ZoneStatus | None, viewer: Viewer, page: ProcessPage
) -> LegRow:
    leg, allowed = summary.leg, page.allowed
    leg.instance = page.instance
    own_steps = {step.offer.event: step for step in allowed if step.leg and step.leg.pk == leg.pk}
    completion = next((name for name in ("report_executed", "report_lifted") if name in own_steps), "")
    return LegRow(
        leg=leg,
        title=summary.title,
        is_end=summary.is_end,
        is_mine=leg.receiver_id == viewer.organization,
        sending=sending,
        channel=localize(all_channels()[sending.channel].title)
        if sending and sending.channel in all_channels()
        else "",
        sent_words=_sending_words(sending),
        status=describe_leg_status(leg, sending, zone),
        can_acknowledge="acknowledge" in own_steps,
        completion_event=completion,
        needs_proof=needs_proof(page.instance, completion),
        other_steps=tuple(step for name, step in own_steps.items() if name not in ONE_CLICK_EVENTS),
        can_urge=leg.state in REMINDER_STATES and not summary.is_end and may_remind(leg, viewer),
    )


def needs_proof(instance: ProcessInstance, event: str) -> bool:
    """Return whether the process asks for a file as proof of an event of its legs."""
    legs = instance.version.process.legs
    definition = legs.events.get(event) if legs else None
    field = definition.evidence.get("proof") if definition else None
    return field is not None and field.required


def _sending_words(sending: Sending | None) -> str:
    if sending is None:
        return _("by hand")
    return {
        SendingState.WAITING: _("being sent"),
        SendingState.SENT: _("sent"),
        SendingState.OVERTAKEN: _("not sent, no longer needed"),
        SendingState.DEAD: _("given up (could not be sent)"),
    }[SendingState(sending.state)]


class EndpointRow(NamedTuple):
    """One endpoint. `outgoing_files` and `incoming_files` are counts, None for channels without folders."""

    endpoint: Endpoint
    channel: DisposalChannel | None
    sent: int
    waiting: int
    dead: int
    used: int
    rejected: int
    messages_waiting: int
    messages_rejected: int
    outgoing_files: int | None
    incoming_files: int | None


def present_endpoints(organization: Organization) -> list[EndpointRow]:
    """Present the endpoints of an organisation, in three queries."""
    rows = list(Endpoint.objects.filter(owner=organization))
    sendings = _by_endpoint(
        Sending.objects.filter(endpoint__in=rows)
        .order_by()
        .values("endpoint")
        .annotate(
            sent=Count("pk", filter=Q(state=SendingState.SENT)),
            waiting=Count("pk", filter=Q(state=SendingState.WAITING)),
            dead=Count("pk", filter=Q(state=SendingState.DEAD)),
        )
    )
    received = _by_endpoint(
        ReceivedMessage.objects.filter(endpoint__in=rows)
        .order_by()
        .values("endpoint")
        .annotate(
            all_used=Sum("used"),
            all_rejected=Sum("rejected"),
            messages_waiting=Count("pk", filter=Q(outcome=ReceptionOutcome.WAITING)),
            messages_rejected=Count("pk", filter=Q(outcome=ReceptionOutcome.REJECTED)),
        )
    )
    return [
        _present_endpoint(endpoint, sendings.get(endpoint.pk, {}), received.get(endpoint.pk, {})) for endpoint in rows
    ]


def _by_endpoint(rows: object) -> dict[int, dict[str, int]]:
    return {row["endpoint"]: row for row in rows}  # type: ignore[attr-defined]


def _present_endpoint(endpoint: Endpoint, sent_times: dict[str, int], received: dict[str, int]) -> EndpointRow:
    channel = all_channels().get(endpoint.channel)
    by_file = channel is not None and channel.goes == "file"
    return EndpointRow(
        endpoint=endpoint,
        channel=channel,
        sent=sent_times.get("sent", 0),
        waiting=sent_times.get("waiting", 0),
        dead=sent_times.get("dead", 0),
        used=received.get("all_used", 0) or 0,
        rejected=received.get("all_rejected", 0) or 0,
        messages_waiting=received.get("messages_waiting", 0),
        messages_rejected=received.get("messages_rejected", 0),
        outgoing_files=count_outgoing(endpoint) if by_file else None,
        incoming_files=len(list_incoming(endpoint)) if by_file else None,
    )


def describe_measurement(measurement: Measurement) -> str:
    """Return the result of a test call or a check of a website in words, with the masked name and the place."""
    told = measurement.told
    if measurement.kind == MeasurementKind.TEST_CALL:
        return _("test call: ") + (_("arrived") if told.get("arrived") else _("did not arrive"))
    states = {
        SiteState.UP: _("reached"),
        SiteState.BLOCKED: _("blocked"),
        SiteState.GONE: _("gone"),
        SiteState.PARKED: _("name is for sale"),
        SiteState.UNKNOWN: _("cannot be told"),
    }
    found = states.get(told.get("state", "")) or _("status %(status)s") % {"status": told.get("status", 0)}
    site = mask_value("website", measurement.value)
    facts = {"site": site, "place": told.get("place", ""), "found": found}
    return _("website check of %(site)s from %(place)s: %(found)s") % facts


def order_figures(viewer: Viewer) -> list[KeyFigure]:
    """Return the numbers of orders by view; large numbers are not counted exactly."""
    now = timezone.now()
    views = ("todo", "approve", "late", "attention", "open")
    counts = {show: count_capped(filter_orders(OrderFilter(show), viewer, now)) for show in views}
    return [
        KeyFigure(
            str(counts[show]),
            localize(SHOW_WORDS[show]),
            f"?show={show}",
            is_harm=show == "late" and bool(counts[show]),
        )
        for show in views
        if counts[show] or show in ("late", "open")
    ]


def present_orders(orders: Sequence[ProcessInstance], viewer: Viewer) -> list[ListRow]:
    """Present orders as rows, in two more queries; owner and version must be selected with them."""
    keys = [order.pk for order in orders]
    drafts = dict(find_steps().filter(instance__in=keys, number=1, leg="").values_list("instance", "evidence"))
    legs: dict[int, list[tuple[str, int, datetime | None]]] = defaultdict(list)
    leg_counts = find_legs().filter(instance__in=keys).values("instance", "state").order_by("instance", "state")
    due = Min(Coalesce("late_since", "due_at"), filter=Q(ended_at=None))
    for row in leg_counts.annotate(many=Count("pk"), due=due):
        legs[row["instance"]].append((row["state"], row["many"], row["due"]))
    return [_present_order(order, drafts.get(order.pk) or {}, legs[order.pk], viewer) for order in orders]


def _present_order(
    order: ProcessInstance,
    draft: Mapping[str, object],
    legs: Sequence[tuple[str, int, datetime | None]],
    viewer: Viewer,
) -> ListRow:
    process = order.version.process
    is_own = order.owner_id == viewer.organization
    dues = [due for due in (order.clock_at if is_own else None, *(due for _, _, due in legs)) if due is not None]
    return ListRow(
        title=order.title or short_code(order.ref),
        href=reverse("order", args=[order.ref]),
        summary=_describe_order(order, process, draft, legs),
        badges=tuple(_badges(order, process)),
        due=min(dues, default=None) if order.ended_at is None else None,
        at=order.changed_at,
        meta=(str(order.owner),),
        actions=(ActionButton(_("Approve"), reverse("order_approve", args=[order.ref]), post=False, key="a"),)
        if is_own and order.state == "drafted" and viewer.has("reviewer")
        else (),
        is_subject=True,
    )


def _describe_order(
    order: ProcessInstance,
    process: Process,
    draft: Mapping[str, object],
    legs: Sequence[tuple[str, int, datetime | None]],
) -> str:
    hits = int(str(draft.get("hits", 0)) or 0)
    parts = [ngettext("%(count)s target", "%(count)s targets", hits) % {"count": f"{hits:,}"}]
    parts = [localize(action_words(order, process)), *parts] if hits else [localize(action_words(order, process))]
    states = process.legs.states if process.legs else {}
    parts += [f"{localize(states[state].title)} {count}" for state, count, _ in legs]
    return " · ".join(parts)


def action_words(order: ProcessInstance, process: Process) -> Words:
    """Return the titles of the ordered actions, each once."""
    fields, facts = process.events["draft"].evidence, order.situation["facts"]
    titles = [
        fields[name].choices.get(str(facts.get(name, "")), Words("", ""))
        for name in ("action", *ACTION_FIELDS.values())
        if name in fields
    ]
    chosen = list(dict.fromkeys(title for title in titles if title.zh))
    return Words("、".join(title.zh for title in chosen), ", ".join(title.en for title in chosen))


def _badges(order: ProcessInstance, process: Process) -> list[Badge]:
    state = process.states[order.state]
    tone = Tone.WARN if order.needs_attention else Tone.ACCENT if order.state == "drafted" else Tone.QUIET
    badges = [Badge(localize(state.title), "alert" if order.needs_attention else "", tone)]
    if order.simulated:
        badges.append(Badge(_("simulated"), "", Tone.SIMULATED))
    return badges


def false_disposal_table(rates: Sequence[DisposalRate], caption: str, of: str) -> DataTable:
    """Return targets, restored ones and their share with its interval; `of` is the head of the first column."""
    head = (of, _("Targets"), _("Restored"), _("Share (95% interval)"))
    rows = tuple(
        (rate.name, f"{rate.restored.marked:,}", f"{rate.restored.counted:,}", share_words(rate.restored))
        for rate in rates
    )
    return DataTable(caption, head, rows, frozenset((1, 2)))
