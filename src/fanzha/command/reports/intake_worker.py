"""Read waiting reports in the background: score texts, join duplicates, hold floods back, open and route processes.

Reports compete for a limited number of new processes: first the first of each address block, then the second of each,
and so on. In each turn those come first that have evidence of their own: a text that resembles fraud, a thing that
findings name, independent reporters. So a flood from few networks, or of one text, does not stand before an
honest report, and a flood from many networks does not stand before one with evidence.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from django.db import OperationalError
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from fanzha.base.errors import Malformed
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.reports.models import Report, ReportState
from fanzha.command.reports.report_findings import ReportedCount, submit_report_findings
from fanzha.command.reports.report_processes import (
    JoinResult,
    ReportKey,
    find_joinable,
    join_report,
    mark_failed,
    open_report,
    report_key,
)
from fanzha.command.reports.report_settings import ReportSettings, load_report_settings
from fanzha.command.reports.text_scores import group_texts, score_texts
from fanzha.command.subjects.selectors import find_standing_findings
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

logger = logging.getLogger(__name__)
_UNSCOPED = unscoped("one worker reads the reports of all organisations")
#: Rows that one run reads at most, and scores at once.
BATCH = 10_000
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: How long a report that is held back waits until it competes again.
RETRY = timedelta(minutes=10)
#: From this likeness to fraud on a text is evidence of its own.
LIKE_FRAUD = 0.5
#: So many independent reporters of one thing are evidence of their own.
INDEPENDENT = 2
#: Kind and value of a thing -> the address blocks that reported it.
_Reporters = dict[tuple[str, str], set[str]]
#: Channels by which anybody sends reports.
COMPETING = ("web", "app", "mail")
HELD = ReportState.HELD
SETTLED = (ReportState.OPENED, ReportState.JOINED)


@dataclass
class RunResult:
    """What became of the reports of one run."""

    opened: int = 0
    joined: int = 0
    held: int = 0


class Outcome(Enum):
    """What became of one report in a run; GONE: somebody else settled it meanwhile."""

    OPENED = "opened"
    JOINED = "joined"
    HELD = "held"
    GONE = "gone"


@dataclass
class _Load:
    """What was opened lately, by address block within a day and by all within an hour; and what may be joined."""

    of_block: Counter[str] = field(default_factory=Counter)
    this_hour: int = 0
    joinable: dict[ReportKey, str] = field(default_factory=dict)


def read_reports(owner: Organization, now: datetime) -> RunResult:
    """Read the waiting and held reports of an organisation. Each is opened, joined or held, or failed with a reason."""
    settings, result, held = load_report_settings(), RunResult(), list[int]()
    with unscoped("a worker reads reports for the organisation that received them"):
        reports = _take_batch(owner, now)
        _score([report for report in reports if report.score is None and report.text], now)
        load = _current_load(owner, reports, now)
        for report, evidence in _in_order(reports, _find_reporters(owner, reports), load.of_block):
            try:
                outcome = _settle(report, evidence, load, settings, now)
            except OperationalError:
                raise  # the database is away: the next run goes on
            except (Refusal, Malformed) as problem:
                logger.warning("report %s cannot be opened: %s", report.ref, problem)
                mark_failed(report, str(problem), now)
                continue
            except Exception:  # one report must not keep all others waiting; it is tried again later
                logger.exception("report %s could not be opened", report.ref)
                outcome = Outcome.HELD
            result.opened += outcome is Outcome.OPENED
            result.joined += outcome is Outcome.JOINED
            held += [report.pk] if outcome is Outcome.HELD else []
        rows = _UNSCOPED.rows(Report).filter(pk__in=in_list(held), state__in=(ReportState.WAITING, HELD))
        result.held = rows.update(state=HELD, processed_at=now)
        submit_news(owner)
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
    opened = _UNSCOPED.rows(Report).filter(owner=owner, state=ReportState.OPENED, channel__in=COMPETING)
    today = opened.filter(processed_at__gt=now - DAY)
    by_block = today.order_by().values_list("block").annotate(count=Count("pk"))
    this_hour = opened.filter(processed_at__gt=now - HOUR).count()
    return _Load(Counter(dict(by_block)), this_hour, find_joinable(owner.pk, reports))


def _in_order(reports: Sequence[Report], reporters: _Reporters, opened: Counter[str]) -> list[tuple[Report, int]]:
    """Return reports with their evidence in the order in which they compete: by turns of the address blocks.

    The turns go on from what was `opened` for each block within the day. Within a turn those with most evidence come
    first.
    """
    known, first_of_text = _found_values(reports), _first_of_each_text(reports)
    places = Counter(opened)
    ranked: list[tuple[int, int, int, Report]] = []
    for number, report in enumerate(sorted(reports, key=lambda report: (not report.is_worked, report.pk))):
        places[report.block] += 1
        evidence = (
            2 * (report.thing in known)
            + 2 * (len(reporters.get(report.thing, ())) >= INDEPENDENT)
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
    keys = list({report.text_key for report in with_text})
    rows = _UNSCOPED.rows(Report).filter(state__in=SETTLED, text_key__in=in_list(keys, "text")).order_by()
    before = set(rows.values_list("text_key", flat=True).distinct())
    with_text = [report for report in with_text if report.text_key not in before]
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
    """Return the independent reporters (address blocks) of each thing whose reports were opened or joined before."""
    values = {report.value for report in reports if report.value}
    rows = _UNSCOPED.rows(Report).filter(owner=owner, value__in=in_list(list(values), "text")).order_by()
    found: _Reporters = defaultdict(set)
    for kind, value, block in rows.filter(state__in=SETTLED).values_list("subject_kind", "value", "block").distinct():
        found[kind, value].add(block)
    return found


def submit_news(owner: Organization) -> int:
    """Hand in the findings of things with new independent reporters; return how many.

    What is counted is marked after that: a worker that was killed in between hands in the same findings again.
    """
    settled = _UNSCOPED.rows(Report).filter(owner=owner, state__in=SETTLED).exclude(value="").exclude(channel="mail")
    new = list(settled.filter(is_counted=False).select_related("owner").order_by("pk")[:BATCH])
    values = {report.value for report in new}
    before: _Reporters = defaultdict(set)
    counted = settled.filter(is_counted=True, value__in=in_list(list(values), "text")).order_by()
    for kind, value, block in counted.values_list("subject_kind", "value", "block").distinct():
        before[kind, value].add(block)
    after: _Reporters = defaultdict(set, {thing: set(blocks) for thing, blocks in before.items()})
    for report in new:
        after[report.thing].add(report.block)
    latest = {report.thing: report for report in new}
    news = [ReportedCount(report, len(after[thing]), len(before[thing])) for thing, report in latest.items()]
    submitted = submit_report_findings(owner, news, LIKE_FRAUD)
    _UNSCOPED.rows(Report).filter(pk__in=in_list([report.pk for report in new])).update(is_counted=True)
    return submitted


def _settle(report: Report, evidence: int, load: _Load, settings: ReportSettings, now: datetime) -> Outcome:
    """Join a report to a running process or open one, or say that it is to be held back."""
    key = report_key(report)
    if key is not None and (process := load.joinable.get(key)):
        match join_report(report, process, now):
            case JoinResult.JOINED:
                return Outcome.JOINED
            case JoinResult.SETTLED:
                return Outcome.GONE
    if competes(report) and _is_full(report, evidence, load, settings):
        return Outcome.HELD
    process = open_report(report, now)
    if not process:
        return Outcome.GONE
    if key is not None:
        load.joinable[key] = process
    if competes(report):
        load.of_block[report.block] += 1
        load.this_hour += 1
    return Outcome.OPENED


def competes(report: Report) -> bool:
    """Return whether a report competes: call-takers and other centres answer for what they pass on."""
    return report.channel in COMPETING


def _is_full(report: Report, evidence: int, load: _Load, settings: ReportSettings) -> bool:
    """Return whether no process is to be opened now.

    A block has its limit of the day, twice as much with evidence: a text can be copied. Half of each hour is for the
    first reports of blocks.
    """
    opened = load.of_block[report.block]
    most = (settings.worked_per_day if report.is_worked else settings.unworked_per_day) * (2 if evidence else 1)
    room = settings.open_per_hour if opened == 0 else (settings.open_per_hour + 1) // 2
    return opened >= most or load.this_hour >= room


def pending_owners(now: datetime) -> list[Organization]:
    """Return the organisations with reports to read."""
    rows = _UNSCOPED.rows(Report).filter(_to_read(now))
    owners = list(rows.order_by().values_list("owner", flat=True).distinct())
    return list(all_organizations().filter(pk__in=owners))
