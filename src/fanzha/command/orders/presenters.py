"""The legs of one order as its page shows them: how far each is, how it was sent, and what its reader may press."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.words import Words
from fanzha.command.orders.exchange_folder import count_outgoing, list_incoming
from fanzha.command.orders.models import Endpoint, Outcome, ReceivedMessage, Sending, SendingState
from fanzha.command.orders.reminders import may_remind
from fanzha.command.orders.selectors import SHOW_WORDS, OrderFilter, filter_orders
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import Leg, ProcessInstance, Step
from fanzha.command.processes.presenters import LegSummary, NextStep, ProcessPage
from fanzha.command.web.components import ActionButton, Badge, KeyFigure, ListRow, Tone
from fanzha.command.web.counts import count_capped
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import DisposalChannel, all_channels
from fanzha.processes.process import Process

#: What is pressed at once, without a page between; all else leads to the form of its event.
ONE_CLICK_EVENTS = ("acknowledge", "report_executed", "report_lifted")
#: States in which a receiver keeps others waiting.
REMINDER_STATES = ("sent", "unanswered", "acknowledged", "partial", "releasing")


@dataclass(frozen=True)
class LegRow:
    """One leg. `done` is the event that says it is done, "" where there is none to press."""

    leg: Leg
    title: Words
    is_end: bool
    is_mine: bool
    sending: Sending | None
    channel: str
    sent_words: str
    can_acknowledge: bool
    done: str
    others: tuple[NextStep, ...]
    can_urge: bool


def present_legs(shown: ProcessPage, viewer: Viewer) -> list[LegRow]:
    """Return the legs that the viewer may read, in one query more."""
    latest: dict[str, Sending] = {}
    for one in Sending.objects.filter(instance=shown.instance).defer("file_body").order_by("pk"):
        latest[one.leg] = one
    return [_present_leg(one, shown.allowed, latest.get(one.leg.name), viewer, shown) for one in shown.legs]


def _present_leg(
    one: LegSummary, allowed: Sequence[NextStep], sending: Sending | None, viewer: Viewer, shown: ProcessPage
) -> LegRow:
    leg = one.leg
    leg.instance = shown.instance
    mine = {step.offer.event: step for step in allowed if step.leg and step.leg.pk == leg.pk}
    return LegRow(
        leg=leg,
        title=one.title,
        is_end=one.is_end,
        is_mine=leg.receiver_id == viewer.organization,
        sending=sending,
        channel=localize(all_channels()[sending.channel].title)
        if sending and sending.channel in all_channels()
        else "",
        sent_words=_sending_words(sending),
        can_acknowledge="acknowledge" in mine,
        done=next((name for name in ("report_executed", "report_lifted") if name in mine), ""),
        others=tuple(step for name, step in mine.items() if name not in ONE_CLICK_EVENTS),
        can_urge=leg.state in REMINDER_STATES and not one.is_end and may_remind(leg, viewer),
    )


def _sending_words(sending: Sending | None) -> str:
    if sending is None:
        return _("by hand")
    return {
        SendingState.WAITING: _("being sent"),
        SendingState.SENT: _("sent"),
        SendingState.OVERTAKEN: _("not sent: the leg had moved on"),
        SendingState.DEAD: _("given up: it could not be sent"),
    }[SendingState(sending.state)]


class EndpointRow(NamedTuple):
    """One way. `out` and `came` count files that lie in its folders, None where there are none."""

    endpoint: Endpoint
    channel: DisposalChannel | None
    sent: int
    waiting: int
    dead: int
    used: int
    rejected: int
    messages_waiting: int
    messages_rejected: int
    out: int | None
    came: int | None


def present_endpoints(organization: Organization) -> list[EndpointRow]:
    """Return the ways of an organisation, in three queries."""
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
            messages_waiting=Count("pk", filter=Q(outcome=Outcome.WAITING)),
            messages_rejected=Count("pk", filter=Q(outcome=Outcome.REJECTED)),
        )
    )
    return [_present_endpoint(one, sendings.get(one.pk, {}), received.get(one.pk, {})) for one in rows]


def _by_endpoint(rows: object) -> dict[int, dict[str, int]]:
    return {row["endpoint"]: row for row in rows}  # type: ignore[attr-defined]


def _present_endpoint(endpoint: Endpoint, sent: dict[str, int], received: dict[str, int]) -> EndpointRow:
    channel = all_channels().get(endpoint.channel)
    by_file = channel is not None and channel.goes == "file"
    return EndpointRow(
        endpoint=endpoint,
        channel=channel,
        sent=sent.get("sent", 0),
        waiting=sent.get("waiting", 0),
        dead=sent.get("dead", 0),
        used=received.get("all_used", 0) or 0,
        rejected=received.get("all_rejected", 0) or 0,
        messages_waiting=received.get("messages_waiting", 0),
        messages_rejected=received.get("messages_rejected", 0),
        out=count_outgoing(endpoint) if by_file else None,
        came=len(list_incoming(endpoint)) if by_file else None,
    )


def order_figures(viewer: Viewer) -> list[KeyFigure]:
    """Return how many orders wait for what, one query each: many need not be counted to their end."""
    now = timezone.now()
    wanted = ("todo", "approve", "late", "attention", "open")
    many = {show: count_capped(filter_orders(OrderFilter(show), viewer, now)) for show in wanted}
    return [
        KeyFigure(
            str(many[show]), localize(SHOW_WORDS[show]), f"?show={show}", is_harm=show == "late" and bool(many[show])
        )
        for show in wanted
        if many[show] or show in ("late", "open")
    ]


def present_orders(orders: Sequence[ProcessInstance], viewer: Viewer) -> list[ListRow]:
    """Return orders as rows, in two queries more; owner and version must have been selected with them."""
    keys = [one.pk for one in orders]
    drafts = dict(Step.objects.filter(instance__in=keys, number=1, leg="").values_list("instance", "evidence"))
    legs: dict[int, list[tuple[str, int, datetime | None]]] = defaultdict(list)
    stand = Leg.objects.filter(instance__in=keys).values("instance", "state").order_by("instance", "state")
    due = Min(Coalesce("late_since", "due_at"), filter=Q(ended_at=None))
    for row in stand.annotate(many=Count("pk"), due=due):
        legs[row["instance"]].append((row["state"], row["many"], row["due"]))
    return [_present_order(one, drafts.get(one.pk) or {}, legs[one.pk], viewer) for one in orders]


def _present_order(
    order: ProcessInstance,
    draft: Mapping[str, object],
    legs: Sequence[tuple[str, int, datetime | None]],
    viewer: Viewer,
) -> ListRow:
    process = order.version.process
    own = order.owner_id == viewer.organization
    dues = [due for due in (order.clock_at if own else None, *(due for _, _, due in legs)) if due is not None]
    return ListRow(
        title=order.title or order.ref,
        href=reverse("order", args=[order.ref]),
        why=_describe_order(order, process, draft, legs),
        badges=tuple(_badges(order, process)),
        due=min(dues, default=None) if order.ended_at is None else None,
        at=order.changed_at,
        meta=(str(order.owner),),
        presses=(ActionButton(_("Approve"), reverse("order", args=[order.ref]), post=False, key="a"),)
        if own and order.state == "drafted" and viewer.has("reviewer")
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
    told = [ngettext("%(count)s target", "%(count)s targets", hits) % {"count": f"{hits:,}"}]
    told = [localize(action_words(order, process)), *told] if hits else [localize(action_words(order, process))]
    states = process.legs.states if process.legs else {}
    told += [f"{localize(states[state].title)} {many}" for state, many, _ in legs]
    return " · ".join(told)


def action_words(order: ProcessInstance, process: Process) -> Words:
    """Return what is ordered, in words."""
    field = process.events["draft"].evidence["action"]
    name = str(order.situation["facts"].get("action", ""))
    return field.choices.get(name, Words("", ""))


def _badges(order: ProcessInstance, process: Process) -> list[Badge]:
    state = process.states[order.state]
    tone = Tone.WARN if order.needs_attention else Tone.ACCENT if order.state == "drafted" else Tone.QUIET
    found = [Badge(localize(state.title), "alert" if order.needs_attention else "", tone)]
    if order.simulated:
        found.append(Badge(_("simulated"), "", Tone.PLAIN))
    return found
