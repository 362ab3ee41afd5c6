"""Prepare tracebacks for lists, and one as a chain of hops with clocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fanzha.command.call_traceback.models import (
    CustomerClass,
    HopState,
    MessageState,
    Traceback,
    TracebackHop,
    TracebackLink,
    TracebackMessage,
    TrunkParty,
    TrunkPartyKind,
)
from fanzha.command.call_traceback.numbers import mask_caller, mask_number
from fanzha.command.call_traceback.schemas import is_late
from fanzha.command.call_traceback.selectors import OperatorCount
from fanzha.command.processes.selectors import load_processes
from fanzha.command.web.components import Badge, DataTable, FactItem, ListRow, TimelineItem, Tone
from fanzha.command.web.drawing.hours import Chart
from fanzha.command.web.i18n import localize, localize_text

_WIDTH, _ROW, _CENTRE, _RADIUS = 360, 84, 30, 16
PURPOSES = {
    "fraud": gettext_lazy("Fraudulent call"),
    "spoofing": gettext_lazy("Altered caller number"),
    "nuisance": gettext_lazy("Nuisance calls"),
    "order": gettext_lazy("Asked by an authority"),
}
REASONS = {
    "no_records": gettext_lazy("Records are no longer kept"),
    "not_matched": gettext_lazy("No call matches"),
    "ambiguous": gettext_lazy("Several calls match"),
    "unknown_trunk": gettext_lazy("Nobody is on record for the trunk"),
    "refused": gettext_lazy("Refused"),
    "foreign": gettext_lazy("Foreign operator; it is not asked by the system"),
    "not_joined": gettext_lazy("The upstream operator has not joined"),
    "loop": gettext_lazy("The call came back to who was asked before"),
    "too_far": gettext_lazy("More hops than allowed"),
    "unreachable": gettext_lazy("The operator's system was not reached"),
    "no_answer": gettext_lazy("No answer"),
    "withdrawn": gettext_lazy("Withdrawn"),
}
MATCHES = {
    "call_id": gettext_lazy("By the id of the call"),
    "number": gettext_lazy("By both numbers and the time"),
    "call": gettext_lazy("By called number, time and duration; the calling number differs"),
}


@dataclass(frozen=True)
class HopCard:
    """One hop as a card of the chain."""

    number: int
    title: str
    badges: tuple[Badge, ...]
    due: datetime | None
    facts: list[FactItem]


def present_row(row: Traceback, state: str, hops: list[TracebackHop], now: datetime) -> ListRow:
    """Present a traceback as a list row."""
    badges = [Badge(state_title(state), "", Tone.WARN if state in ("overdue", "to_answer") else Tone.QUIET)]
    badges += [Badge(_("Caller number changed"), "alert", Tone.HARM)] if any(hop.caller_changed for hop in hops) else []
    open_hop = next((hop for hop in hops if hop.state == HopState.WAITING and hop.number > row.hop), None)
    asked_by = localize_text(row.asked_by)
    return ListRow(
        title=f"{mask_caller(row.calling) or _('number withheld')} → {mask_number(row.called)}",
        href=reverse("traceback", args=[row.ref]),
        summary=" → ".join(localize_text(hop.operator_name) for hop in hops),
        badges=tuple(badges),
        due=open_hop.due_at if open_hop is not None else None,
        at=row.asked_at,
        meta=(_("Asked by %(name)s") % {"name": asked_by} if asked_by else _("Ours"), str(PURPOSES[row.purpose])),
    )


def state_title(state: str) -> str:
    """Return a state of the process in words."""
    found = load_processes()["call_traceback"].states.get(state)
    return localize(found.title) if found is not None else state


def traceback_facts(row: Traceback, state: str, *, shown: bool) -> list[FactItem]:
    """Return the facts of the call; the numbers are masked unless they were disclosed."""
    called = row.called if shown else mask_number(row.called)
    calling = row.calling if shown else mask_caller(row.calling)
    facts = [
        FactItem(_("State"), state_title(state)),
        FactItem(_("Called number"), called),
        FactItem(_("Calling number"), calling or _("number withheld")),
        FactItem(_("Time of the call"), exact_time(row.called_at)),
        FactItem(_("Clock ahead of UTC by"), f"{row.clock_offset_ms} ms" if row.clock_offset_ms else ""),
        FactItem(_("Duration"), "" if row.duration_ms is None else f"{row.duration_ms / 1_000:g} s"),
        FactItem(_("Ingress trunk"), row.trunk if row.asker is None else ""),
        FactItem(_("Trunk as the asking operator names it"), "" if row.asker is None else row.trunk),
        FactItem(_("Purpose"), str(PURPOSES[row.purpose])),
        FactItem(_("Requesting operator"), localize_text(row.asked_by)),
        FactItem(_("Traceback begun by"), localize_text(row.initiator)),
        FactItem(_("Answer due"), row.due_at or ""),
        FactItem(_("Number of the traceback"), row.trace),
    ]
    return [fact for fact in facts if fact.value]


def exact_time(at: datetime) -> str:
    """Return a moment to the second, with the offset of its zone."""
    local = localtime(at)
    return f"{date_format(local, 'DATE_FORMAT')} {local:%H:%M:%S} (UTC{local:%z})"


def present_hops(hops: list[TracebackHop], now: datetime, *, shown: bool) -> list[HopCard]:
    """Return the cards of a chain."""
    return [_present_hop(hop, now, shown) for hop in hops]


def _present_hop(hop: TracebackHop, now: datetime, shown: bool) -> HopCard:
    badges = [Badge(hop.get_state_display(), "", Tone.ACCENT if hop.state == HopState.ORIGIN else Tone.QUIET)]
    if hop.caller_changed:
        badges.append(change_badge(hop))
    if hop.answered_at is not None and is_late(hop, now):
        badges.append(Badge(_("Answered late"), "clock", Tone.WARN))
    caller = hop.caller if shown else mask_caller(hop.caller)
    facts = [
        FactItem(_("Asked at"), hop.asked_at),
        FactItem(_("Answered at"), hop.answered_at or ""),
        FactItem(_("Handed over by"), localize_text(hop.upstream)),
        FactItem(_("Ingress trunk"), hop.trunk),
        FactItem(_("Own id of the call"), hop.call_id),
        FactItem(_("Time in its records"), exact_time(hop.recorded_at) if hop.recorded_at else ""),
        FactItem(_("Clock ahead of UTC by"), f"{hop.clock_offset_ms} ms" if hop.clock_offset_ms else ""),
        FactItem(_("Calling number there"), caller if hop.caller_changed else ""),
        FactItem(_("How the call was matched"), str(MATCHES.get(hop.matched_by, "")) if hop.recorded_at else ""),
        FactItem(_("Calls that match"), hop.candidates if hop.candidates > 1 else ""),
        FactItem(_("Class of customer"), _customer(hop.customer_class)),
        FactItem(_("Gateway"), hop.gateway),
        FactItem(_("Reason"), str(REASONS.get(hop.reason, hop.reason))),
        FactItem(_("Operator that is meant"), localize_text(hop.meant)),
    ]
    due = hop.due_at if hop.state == HopState.WAITING else None
    return HopCard(
        hop.number, localize_text(hop.operator_name), tuple(badges), due, [fact for fact in facts if fact.value]
    )


def change_badge(hop: TracebackHop) -> Badge:
    """Return the finding that a hop has another calling number than its downstream saw."""
    return Badge(_("Caller number changed at hop %(number)s") % {"number": hop.number}, "alert", Tone.HARM)


def _customer(value: str) -> str:
    return str(CustomerClass(value).label) if value in CustomerClass.values else value


def draw_chain(hops: list[TracebackHop], now: datetime) -> Chart:
    """Draw the chain from where the call ended upwards; a ring at each hop shows how much of its time is used."""
    title = _("Way of the call, from where it ended")
    rings = format_html_join("", "{}", ((_draw_hop(hop, place, now),) for place, hop in enumerate(hops)))
    lines = format_html_join(
        "",
        '<path class="grid" d="M{} {}V{}"/>',
        ((_CENTRE, _top(place) + _RADIUS, _top(place + 1) - _RADIUS) for place in range(len(hops) - 1)),
    )
    svg = format_html(
        '<svg class="hop-chain" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        *(_WIDTH, _ROW * max(len(hops), 1), title, lines, rings),
    )
    head = (_("Hop"), _("Operator"), _("State"), _("Handed over by"), _("Trunk"), _("Wait"))
    rows = tuple(
        (hop.number, localize_text(hop.operator_name), hop.get_state_display(), localize_text(hop.upstream), hop.trunk)
        + (_wait(hop, now),)
        for hop in hops
    )
    return Chart(title, svg, DataTable(title, head, rows, frozenset({0})))


def _top(place: int) -> int:
    return place * _ROW + _RADIUS + 8


def _draw_hop(hop: TracebackHop, place: int, now: datetime) -> str:
    top, used, name = _top(place), time_used(hop, now), localize_text(hop.operator_name)
    ring = "ring-late" if is_late(hop, now) else "ring-used"
    words = hop.get_state_display() + (f" · {hop.trunk}" if hop.trunk else "")
    return format_html(
        '<g><title>{}: {}</title><circle class="ring" cx="{}" cy="{}" r="{}"/>'
        '<circle class="{}" cx="{}" cy="{}" r="{}" pathLength="100" stroke-dasharray="{} 100"'
        ' transform="rotate(-90 {} {})"/><text class="strong" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="strong" x="62" y="{}">{}</text><text x="62" y="{}">{}</text></g>',
        *(name, words, _CENTRE, top, _RADIUS, ring, _CENTRE, top, _RADIUS, round(used * 100)),
        *(_CENTRE, top, _CENTRE, top + 5, hop.number, top - 2, name[:22], top + 18, words[:34]),
    )


def time_used(hop: TracebackHop, now: datetime) -> float:
    """Return the share of a hop's time that is used, 0–1; 1 without a clock once it is answered."""
    if hop.due_at is None or hop.due_at <= hop.asked_at:
        return 1.0 if hop.answered_at else 0.0
    used = ((hop.answered_at or now) - hop.asked_at) / (hop.due_at - hop.asked_at)
    return min(max(used, 0.0), 1.0)


def _wait(hop: TracebackHop, now: datetime) -> str:
    minutes = ((hop.answered_at or now) - hop.asked_at).total_seconds() / 60
    words = f"{minutes / 60:.1f} h" if minutes >= 60 else f"{minutes:.1f} min"
    return f"{words} ({_('late')})" if is_late(hop, now) else words


def present_messages(messages: list[TracebackMessage]) -> list[TimelineItem]:
    """Return the messages to other sites as a timeline."""
    kinds = {"request": _("Question to %(name)s"), "answer": _("Answer to %(name)s")}
    return [
        TimelineItem(
            at=message.done_at or message.next_at,
            what=kinds[message.kind] % {"name": message.link.partner.name},
            who=message.get_state_display(),
            note=message.problem,
            is_harm=message.state == MessageState.DEAD,
        )
        for message in messages
    ]


def present_trunk(party: TrunkParty) -> ListRow:
    """Present an entry on a trunk as a list row."""
    details = {
        TrunkPartyKind.OPERATOR: party.operator.name if party.operator else "",
        TrunkPartyKind.CUSTOMER: f"{_customer(party.customer_class)} · {party.name}",
        TrunkPartyKind.FOREIGN: f"{party.name} {party.country}".strip(),
    }
    tone = Tone.WARN if party.kind == TrunkPartyKind.FOREIGN else Tone.QUIET
    return ListRow(
        title=party.trunk,
        href="",
        summary=details[TrunkPartyKind(party.kind)],
        badges=(Badge(party.get_kind_display(), "", tone),),
        at=party.since,
    )


def present_link(link: TracebackLink, keys: Mapping[int, list[str]]) -> ListRow:
    """Present a link as a list row, with what the other operator enters."""
    badges = [] if link.is_active else [Badge(_("paused"), "clock")]
    badges += [] if link.url else [Badge(_("no address yet"), "alert", Tone.WARN)]
    return ListRow(
        title=link.partner.name,
        href=reverse("traceback_link", args=[link.partner.ref]),
        summary=link.url,
        badges=tuple(badges),
        at=link.changed_at,
        meta=(f"/api/v1/tracebacks/from/{link.ref}", *keys[link.pk]),
    )


def operator_table(counts: list[OperatorCount]) -> DataTable:
    """Return how operators answer as a table."""
    head = (_("Operator"), _("Asked"), _("In time"), _("Late"), _("Overdue now"), _("Ended there"), _("Median wait"))
    rows = tuple(
        (
            localize_text(count.operator),
            count.asked,
            count.in_time,
            count.late,
            count.overdue,
            count.ended,
            "–" if count.median_seconds is None else f"{count.median_seconds / 60:.1f} min",
        )
        for count in counts
    )
    return DataTable(_("How operators answered within 90 days"), head, rows, frozenset(range(1, 7)))
