"""Draw the calls and texts that findings name as evidence on a line of time: made above it, received below it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import log2
from typing import NamedTuple

import msgspec
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from fanzha.command.subjects.canonical import mask_value
from fanzha.command.subjects.models import FindingRow, Subject
from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.hours import Chart, label_class

WIDTH, HEIGHT, FOOT, MIDDLE, TALL = 640, 150, 20, 66, 50
MOST = 300
_MARGIN, _LABELS = 12, 5
_LEAST_SPAN = timedelta(minutes=10)
_LONGEST_S = 3600  # a stem of full height
_SECOND_MS = 1000
_LAST_MS = 253_000_000_000_000  # a date of the year 9987; no date can be made of much later ones
_LONGEST_MS = 7 * 24 * 3600 * _SECOND_MS  # a longer or negative talk time is a mistake


class _TimelineEvent(msgspec.Struct, frozen=True):
    event_id: str = ""
    occurred_at: int = -1
    caller: str | None = None
    callee: str | None = None
    sender: str | None = None
    recipient: str | None = None
    talk_ms: int | None = None


class _Window(msgspec.Struct, frozen=True):
    events: tuple[_TimelineEvent, ...] = ()


class _FindingEvidence(msgspec.Struct, frozen=True):
    windows: tuple[_Window, ...] = ()


_decode = msgspec.json.Decoder(_FindingEvidence).decode


class Contact(NamedTuple):
    """One call or text of a subject with another party, "" if it is not known; `talk_ms` is None of texts."""

    at: datetime
    is_text: bool
    is_made: bool
    other: str
    talk_ms: int | None


def find_contacts(value: str, findings: Iterable[FindingRow]) -> list[Contact]:
    """Return the calls and texts of a number in the evidence of findings, each once, the `MOST` latest by time."""
    found: dict[str, Contact] = {}
    for row in findings:
        for event in _read_events(row):
            made, received = (event.caller or event.sender), (event.callee or event.recipient)
            if event.event_id and 0 <= event.occurred_at <= _LAST_MS and value in (made, received):
                found[event.event_id] = Contact(
                    datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=event.occurred_at),
                    bool(event.sender or event.recipient),
                    made == value,
                    (received if made == value else made) or "",
                    _plausible(event.talk_ms),
                )
    return sorted(found.values(), key=lambda contact: contact.at)[-MOST:]


def _plausible(talk_ms: int | None) -> int | None:
    """Return a talk time, 0 instead of an impossible one."""
    return talk_ms if talk_ms is None or 0 <= talk_ms <= _LONGEST_MS else 0


def _read_events(row: FindingRow) -> Iterable[_TimelineEvent]:
    try:
        evidence = _decode(row.detail.evidence)
    except (msgspec.DecodeError, RecursionError):
        return []  # of a detector whose evidence is no window, or uses these names for something else
    return [event for window in evidence.windows for event in window.events]


def draw_call_timeline(subject: Subject, findings: Iterable[FindingRow]) -> Chart | None:
    """Draw the calls and texts of a phone number; None for other subjects and where no finding names any."""
    contacts = find_contacts(subject.value, findings) if subject.kind == "phone_number" else []
    if not contacts:
        return None
    title, begins = _("Calls and texts in the findings"), contacts[0].at
    span = max(contacts[-1].at - begins, _LEAST_SPAN)

    def across(at: datetime) -> float:
        return _MARGIN + (at - begins) / span * (WIDTH - 2 * _MARGIN)

    svg = format_html(
        '<svg class="calls" viewBox="0 0 {} {}" role="img" aria-label="{}"><path class="axis" d="M0 {}H{}"/>'
        '<text x="0" y="10">{}</text><text x="0" y="{}">{}</text>{}{}</svg>',
        *(WIDTH, HEIGHT, title, MIDDLE, WIDTH, _("made"), HEIGHT - FOOT - 2, _("received")),
        format_html_join(
            "",
            '<g class="contact {}"><title>{}</title><path d="M{} {}V{}"/><circle cx="{}" cy="{}" r="3"/></g>',
            (_mark_cells(one, f"{across(one.at):.1f}") for one in contacts),
        ),
        format_html_join(
            "",
            '<text{} x="{}" y="{}" text-anchor="{}">{}</text>',
            (
                (label_class(place), f"{across(at):.1f}", HEIGHT - 4, anchor, _label(at, span))
                for place, (at, anchor) in enumerate(_ticks(begins, span))
            ),
        ),
    )
    legend = {_series(one): _sort_title(one) for one in contacts}
    return Chart(title, svg, _table(title, contacts), tuple((series, word) for series, word in legend.items()))


def _mark_cells(one: Contact, x: str) -> tuple[object, ...]:
    end = f"{_height(one):.1f}"
    return (_series(one), _describe(one), x, MIDDLE, end, x, end)


def _ticks(begins: datetime, span: timedelta) -> Iterable[tuple[datetime, str]]:
    anchors = ("start", *("middle",) * (_LABELS - 2), "end")
    return [(begins + span * place / (_LABELS - 1), anchor) for place, anchor in enumerate(anchors)]


def _series(one: Contact) -> str:
    return "series-4" if one.is_text else "series-1" if one.talk_ms else "series-3"


def _sort_title(one: Contact) -> str:
    if one.is_text:
        return _("text")
    return _("call, answered") if one.talk_ms else _("call, not answered or unknown")


def _height(one: Contact) -> float:
    """Return the end of the stem: its length grows with the logarithm of the talk time."""
    seconds = min((one.talk_ms or 0) / _SECOND_MS, _LONGEST_S)
    length = 12 + (TALL - 12) * log2(1 + seconds) / log2(1 + _LONGEST_S)
    return MIDDLE - length if one.is_made else MIDDLE + length


def _label(at: datetime, span: timedelta) -> str:
    return date_format(timezone.localtime(at), "H:i" if span < timedelta(hours=20) else "SHORT_DATETIME_FORMAT")


def _talk(one: Contact) -> str:
    if one.talk_ms is None:
        return "–"
    return _("%(seconds)s s") % {"seconds": f"{one.talk_ms / _SECOND_MS:,.0f}"}


def _describe(one: Contact) -> str:
    way = _("made") if one.is_made else _("received")
    other = mask_value("phone_number", one.other) if one.other else "–"
    parts = [date_format(timezone.localtime(one.at), "SECONDS_FORMAT"), _sort_title(one), way, other]
    return " · ".join([*parts, *([_talk(one)] if one.talk_ms is not None else [])])


def _table(title: str, contacts: list[Contact]) -> DataTable:
    rows = tuple(
        (
            date_format(timezone.localtime(one.at), "SECONDS_FORMAT"),
            _sort_title(one),
            _("made") if one.is_made else _("received"),
            mask_value("phone_number", one.other) if one.other else "–",
            _talk(one),
        )
        for one in reversed(contacts)
    )
    head = (_("time"), _("type"), _("direction"), _("other party"), _("talk time"))
    return DataTable(title, head, rows, frozenset({4}))
