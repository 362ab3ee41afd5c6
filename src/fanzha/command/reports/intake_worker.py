"""Read waiting reports in the background: score texts, join duplicates, hold floods back, open and route processes.

Reports compete for a limited number of new processes: first the first of each address block, then the second of each,
and so on. In each turn those come first that have evidence of their own: a text that resembles fraud, a thing that
findings name, independent reporters. So a flood from few networks, or of one text, does not stand before an
honest report, and a flood from many networks does not stand before one with evidence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Min, Q, Window
from django.db.models.functions import RowNumber

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.processes.selectors import find_instances, role_table_kind, to_party
from fanzha.command.processes.services import About, fire, is_simulated, open_process
from fanzha.command.reports.models import Report, ReportState
from fanzha.command.reports.report_findings import ReportedCount, submit_report_findings
from fanzha.command.reports.report_settings import ReportSettings, load_report_settings
from fanzha.command.reports.routing import find_route
from fanzha.command.reports.targets import UNKNOWN
from fanzha.command.reports.text_scores import group_texts, score_texts
from fanzha.command.subjects.selectors import find_standing_findings, mask_value
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.parties import SYSTEM, Actor

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("one worker reads the reports of all organisations")
PROCESS = "public_report"
#: Rows that one run reads at most, and scores at once.
BATCH = 10_000
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: How long a report that is held back waits until it competes again.
RETRY = timedelta(minutes=10)
#: From this likeness to fraud on a text is evidence of its own.
LIKE_FRAUD = 0.5
#: So many independent reporters of one thing are evidence of their own.
INDEPENDENT = 2
#: What identifies a report: kind and value of its thing, or "text" and the digest of its words.
_Key = tuple[str, str]
#: Kind and value of a thing -> address block -> primary key of its first report from there.
_Reporters = dict[tuple[str, str], dict[str, int]]
_CHANNELS = {"web", "phone", "app", "feed", "api", "mail"}


@dataclass
class RunResult:
    """What became of the reports of one run."""

    opened: int = 0
    joined: int = 0
    held: int = 0


@dataclass
class _Load:
    """What was opened lately: by address block within a day, and by everybody within an hour; and what still runs.

    `running` are the refs of running processes by what identifies their reports (`_key`).
    """

    of_block: Counter[str] = field(default_factory=Counter)
    this_hour: int = 0
    running: dict[_Key, str] = field(default_factory=dict)


def read_reports(owner: Organization, now: datetime) -> RunResult:
    """Read the waiting and held reports of an organisation. Each is opened, joined or held."""
    settings, result = load_report_settings(), RunResult()
    with unscoped("a worker reads reports for the organisation that received them"):
        reports = _take_batch(owner, now)
        _score([report for report in reports if report.score is None and report.text], now)
        load = _current_load(owner, reports, now)
        reporters = _find_reporters(owner, reports)
        held = [
            report.pk
            for report, evidence in _in_order(reports, reporters, load.of_block)
            if not _settle(report, evidence, load, settings, result, now)
        ]
        rows = _UNSCOPED.rows(Report).filter(pk__in=in_list(held))
        result.held = rows.update(state=ReportState.HELD, processed_at=now)
        submit_report_findings(owner, _news(reports, reporters), LIKE_FRAUD)
    return result


def _to_read(now: datetime) -> Q:
    """Return the condition of reports to read: new ones, and those that were held back for some time."""
    return Q(state=ReportState.WAITING) | Q(state=ReportState.HELD, processed_at__lt=now - RETRY)


def _take_batch(owner: Organization, now: datetime) -> list[Report]:
    """Return the reports to read, by turns of their address blocks: a flood must not keep others out of the batch."""
    rows = _UNSCOPED.rows(Report).select_related("owner").filter(_to_read(now), owner=owner)
    turn = Window(RowNumber(), partition_by=[F("block")], order_by=[F("pk").asc()])
    return list(rows.annotate(turn=turn).order_by("turn", "pk")[:BATCH])


def _score(reports: Sequence[Report], now: datetime) -> None:
    for report, scored in zip(reports, score_texts([report.text for report in reports]), strict=True):
        report.score, report.fraud_type = scored.score, scored.fraud_type
    _UNSCOPED.rows(Report).bulk_update(reports, ["score", "fraud_type"], batch_size=500)


def _current_load(owner: Organization, reports: Sequence[Report], now: datetime) -> _Load:
    opened = _UNSCOPED.rows(Report).filter(owner=owner, state=ReportState.OPENED, processed_at__gt=now - DAY)
    by_block = opened.order_by().values_list("block").annotate(count=Count("pk"))
    this_hour = opened.filter(processed_at__gt=now - HOUR).count()
    return _Load(Counter(dict(by_block)), this_hour, _find_running(owner, reports))


def _key(report: Report) -> _Key | None:
    """Return what identifies a report: its thing, else the words of its text; None without both."""
    return report.thing if report.value else ("text", report.text_key) if report.text_key else None


def _find_running(owner: Organization, reports: Sequence[Report]) -> dict[_Key, str]:
    """Return the refs of the running processes about what the reports name, by what identifies them."""
    values = {report.value for report in reports if report.value}
    texts = {report.text_key for report in reports if not report.value and report.text_key}
    same = Q(value__in=in_list(list(values), "text")) | Q(value="", text_key__in=in_list(list(texts), "text"))
    rows = _UNSCOPED.rows(Report).filter(same, owner=owner, state=ReportState.OPENED).exclude(process="")
    found = {key: report.process for report in rows.order_by("pk") if (key := _key(report)) is not None}
    instances = find_instances(_UNSCOPED).filter(ref__in=in_list(list(found.values()), "text"), ended_at=None)
    running = set(instances.values_list("ref", flat=True))
    return {key: ref for key, ref in found.items() if ref in running}


def _in_order(reports: Sequence[Report], reporters: _Reporters, opened: Counter[str]) -> list[tuple[Report, int]]:
    """Return reports with their evidence in the order in which they compete: by turns of the address blocks.

    The turns go on from what was `opened` for each block within the day. Within a turn those with most evidence come
    first.
    """
    known, first_of_text = _found_values(reports), _first_of_each_text(reports)
    places = Counter(opened)
    ranked: list[tuple[int, int, int, Report]] = []
    for number, report in enumerate(sorted(reports, key=lambda report: report.pk)):
        places[report.block] += 1
        evidence = (
            2 * (report.thing in known)
            + 2 * (len(reporters[report.thing]) >= INDEPENDENT)
            + (report.pk in first_of_text and (report.score or 0.0) >= LIKE_FRAUD)
        )
        urgency = 2 * evidence + (report.grade == "paid")  # that money was paid is easily said
        ranked.append((places[report.block], -urgency, number, report))
    return [(report, -less // 2) for _place, less, _number, report in sorted(ranked, key=lambda entry: entry[:3])]


def _first_of_each_text(reports: Sequence[Report]) -> set[int]:
    """Return the primary keys of the reports whose text no earlier report had, or nearly.

    One text with thousands of made-up numbers is evidence once.
    """
    with_text = sorted((report for report in reports if report.text), key=lambda report: report.pk)
    first: dict[int, int] = {}
    for report, group in zip(with_text, group_texts([report.text for report in with_text]), strict=True):
        first.setdefault(group, report.pk)
    return set(first.values())


def _found_values(reports: Sequence[Report]) -> set[tuple[str, str]]:
    """Return kind and value of the reported things that findings name."""
    values = {report.value for report in reports if report.value}
    rows = find_standing_findings(_UNSCOPED).filter(subject__value__in=in_list(list(values), "text"))
    return set(rows.order_by().values_list("subject__kind", "subject__value").distinct())


def _find_reporters(owner: Organization, reports: Sequence[Report]) -> _Reporters:
    """Return the independent reporters of each reported thing: address blocks, with the first report of each."""
    values = {report.value for report in reports if report.value}
    rows = _UNSCOPED.rows(Report).filter(owner=owner, value__in=in_list(list(values), "text")).order_by()
    found: _Reporters = defaultdict(dict)
    for kind, value, block, first in rows.values_list("subject_kind", "value", "block").annotate(first=Min("pk")):
        found[kind, value][block] = first
    return found


def _news(reports: Sequence[Report], reporters: _Reporters) -> list[ReportedCount]:
    """Return for each thing with a new independent reporter the last such report, and how many there are now."""
    latest = {
        report.thing: report
        for report in reports
        if report.state in (ReportState.OPENED, ReportState.JOINED)
        and reporters[report.thing].get(report.block) == report.pk
    }
    return [ReportedCount(report, len(reporters[thing])) for thing, report in latest.items()]


def _settle(
    report: Report, evidence: int, load: _Load, settings: ReportSettings, result: RunResult, now: datetime
) -> bool:
    """Join a report to a running process or open one; return False if it is to be held back."""
    key = _key(report)
    if key is not None and (process := load.running.get(key)):
        _mark(report, ReportState.JOINED, process, now)
        result.joined += 1
        return True
    if _competes(report) and _is_full(report, evidence, load, settings):
        return False
    process = open_report(report, now)
    if key is not None:
        load.running[key] = process
    load.of_block[report.block] += 1
    load.this_hour += 1
    result.opened += 1
    return True


def _competes(report: Report) -> bool:
    """Return whether a report competes: call-takers and other centres answer for what they pass on."""
    return report.channel in ("web", "app", "mail")


def _is_full(report: Report, evidence: int, load: _Load, settings: ReportSettings) -> bool:
    """Return whether no process is to be opened now. The limit of an address block is for reports without evidence."""
    most = settings.worked_per_day if report.is_worked else settings.unworked_per_day
    return load.this_hour >= settings.open_per_hour or (not evidence and load.of_block[report.block] >= most)


def _mark(report: Report, state: ReportState, process: str, now: datetime) -> None:
    report.state, report.process, report.processed_at = state, process, now
    _UNSCOPED.rows(Report).filter(pk=report.pk).update(state=state, process=process, processed_at=now)


def open_unopened(report: Report, now: datetime) -> Report:
    """Open the process of a report that waits or was held back; return the report as it is then."""
    with recorded():
        locked = _UNSCOPED.rows(Report).select_related("owner").select_for_update(of=("self",)).get(pk=report.pk)
        if locked.state in (ReportState.HELD, ReportState.WAITING):
            open_report(locked, now)
    return locked


def open_report(report: Report, now: datetime) -> str:
    """Open the process of a report and pass it on if the owner is known. Return its ref."""
    clerk = Actor(
        person=f"report:{report.ref}",
        organization=report.owner.ref,
        kind=role_table_kind(report.owner),
        roles=frozenset({"clerk"}),
        is_key=True,
    )
    shown = mask_value(report.subject_kind, report.value) if report.value else ""
    about = About(title=shown, simulated=report.simulated)
    about = About(title=shown, simulated=is_simulated(report.owner, about))
    event = "receive_paid" if report.grade == "paid" else "receive"
    with recorded() as log:
        ref = open_process(PROCESS, event, report.owner, clerk, _evidence(report), about=about, at=now).ref
        _mark(report, ReportState.OPENED, ref, now)
        log.add(Draft("report_opened", to_ms(now), "", report.owner.ref, process=ref, about=report.ref))
        route = find_route(report, now)
        if route is not None and route.handlers:
            handlers = tuple(to_party(handler) for handler in route.handlers)
            found_by = f"{route.found_by.zh} · {route.found_by.en}"
            fire(ref, "route", SYSTEM, {"handlers": handlers, "found_by": found_by}, at=now)
    return ref


def _evidence(report: Report) -> dict[str, Any]:
    evidence: dict[str, Any] = {
        "grade": report.grade,
        "channel": report.channel if report.channel in _CHANNELS else "web",
        "category": report.category,
        "target_kind": report.target_kind if report.value else UNKNOWN,
        "content": report.text,
        "loss": report.loss,
        "screenshots": tuple(report.screenshots),
    }
    return evidence | ({"targets": (report.value,)} if report.value else {})


def pending_owners(now: datetime) -> list[Organization]:
    """Return the organisations with reports to read."""
    rows = _UNSCOPED.rows(Report).filter(_to_read(now))
    owners = list(rows.order_by().values_list("owner", flat=True).distinct())
    return list(all_organizations().filter(pk__in=owners))
