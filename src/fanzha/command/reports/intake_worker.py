"""Read waiting reports in the background: score texts, join duplicates, hold floods back, open and route processes.

Reports compete for a limited number of new processes, in the order of `intake_order`. What speaks for a report: a
text that resembles fraud, a thing that findings name, independent reporters, and how often its reporter was right.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import OperationalError, transaction
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from fanzha.base.errors import Malformed
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.reports.intake_order import (
    OUTSIDE_EVIDENCE,
    Merit,
    OpenedCounts,
    crowd_keys,
    order_reports,
)
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
from fanzha.command.reports.reporter_weights import NEWCOMER, Witnesses, find_records
from fanzha.command.reports.text_scores import group_texts, score_texts
from fanzha.command.subjects.selectors import find_standing_findings
from fanzha.command.web.database import bulk
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
#: The same for what was received more than a day ago.
LATE_RETRY = timedelta(hours=6)
#: From this likeness to fraud on a text is evidence of its own.
LIKE_FRAUD = 0.5
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


class IntakeOutcome(Enum):
    """What became of one report in a run; GONE: somebody else settled it meanwhile."""

    OPENED = "opened"
    JOINED = "joined"
    HELD = "held"
    GONE = "gone"


class _Likeness(NamedTuple):
    """What is like what: the crowds of the reports opened within a day, and the crowds and text groups of a batch.

    `known_groups` are the groups of the texts that were opened within a day.
    """

    opened_crowds: list[str]
    crowds: list[str]
    groups: list[int]
    known_groups: frozenset[int]


@dataclass
class _Load:
    """What was opened lately, and what may be joined."""

    opened: OpenedCounts = field(default_factory=OpenedCounts)
    joinable: dict[ReportKey, str] = field(default_factory=dict)


def read_reports(owner: Organization, now: datetime) -> RunResult:
    """Read the waiting and held reports of an organisation. Each is opened, joined or held, or failed with a reason."""
    settings, result, held = load_report_settings(), RunResult(), list[int]()
    with unscoped("a worker reads reports for the organisation that received them"):
        reports = _select_batch(owner, now)
        _score([report for report in reports if report.score is None and report.text], now)
        opened = _select_opened_today(owner, now)
        likeness = _compare_texts(opened, reports)
        load = _current_load(owner, reports, opened, likeness, now)
        for merit in order_reports(_weigh(owner, reports, likeness), load.opened):
            report = merit.report
            try:
                outcome = _settle(merit, load, settings, now)
            except OperationalError:
                raise  # the database is unavailable: the next run continues
            except (Refusal, Malformed) as problem:
                logger.warning("report %s cannot be opened: %s", report.ref, problem)
                mark_failed(report, str(problem), now)
                continue
            except Exception:  # one report must not keep all others waiting; it is tried again later
                logger.exception("report %s could not be opened", report.ref)
                outcome = IntakeOutcome.HELD
            result.opened += outcome is IntakeOutcome.OPENED
            result.joined += outcome is IntakeOutcome.JOINED
            held += [report.pk] if outcome is IntakeOutcome.HELD else []
        rows = _UNSCOPED.rows(Report).filter(pk__in=in_list(held), state__in=(ReportState.WAITING, HELD))
        result.held = rows.update(state=HELD, processed_at=now)
        submit_news(owner)
    return result


def _to_read(now: datetime) -> Q:
    """Return the condition of reports to read: new ones, and those that were held back for some time."""
    held = Q(state=HELD, processed_at__lt=now - RETRY, received_at__gt=now - DAY)
    return Q(state=ReportState.WAITING) | held | Q(state=HELD, processed_at__lt=now - LATE_RETRY)


def _select_batch(owner: Organization, now: datetime) -> list[Report]:
    """Return the reports to read: by turns of their networks, then of wider ones, those with most work first."""
    rows = _UNSCOPED.rows(Report).select_related("owner").filter(_to_read(now), owner=owner)
    best = [F("work").desc(), F("receipt").asc()]
    turn = Window(RowNumber(), partition_by=[F("block")], order_by=best)
    wide_turn = Window(RowNumber(), partition_by=[F("wide_block")], order_by=best)
    ordered = rows.annotate(turn=turn, wide_turn=wide_turn).order_by("turn", "wide_turn", *best)
    return list(ordered[:BATCH])


def _score(reports: Sequence[Report], now: datetime) -> None:
    for report, scored in zip(reports, score_texts([report.text for report in reports]), strict=True):
        report.score, report.fraud_type = scored.score, scored.fraud_type
    rows = [(report.pk, report.score, report.fraud_type) for report in reports]
    with transaction.atomic():
        bulk.update(Report, "id", ("score", "fraud_type"), rows)


def _select_opened_today(owner: Organization, now: datetime) -> list[Any]:
    """Return rows of the competing reports that were opened within a day, the first one first."""
    rows = _UNSCOPED.rows(Report).filter(owner=owner, channel__in=COMPETING, state=ReportState.OPENED)
    names = "block wide_block text text_key category subject_kind value grade is_backed processed_at"
    today = rows.filter(processed_at__gt=now - DAY).order_by("processed_at", "pk")
    return list(today.values_list(*names.split(), named=True))


def _compare_texts(opened: Sequence[Any], reports: Sequence[Report]) -> _Likeness:
    """Group reports with what was opened within a day: a text with one changed word is no new one in the next run."""
    groups = group_texts([row.text for row in (*opened, *reports)])
    crowds, count = crowd_keys([*opened, *reports], groups), len(opened)
    known = {group for row, group in zip(opened, groups, strict=False) if row.text}
    return _Likeness(crowds[:count], crowds[count:], groups[count:], frozenset(known))


def _current_load(
    owner: Organization,
    reports: Sequence[Report],
    opened: Sequence[Any],
    likeness: _Likeness,
    now: datetime,
) -> _Load:
    rows = _UNSCOPED.rows(Report).filter(owner=owner, channel__in=COMPETING).order_by()
    blocks = {report.block for report in reports} | {row.block for row in opened}
    seen = rows.filter(block__in=in_list(sorted(blocks), "text"), state__in=SETTLED, processed_at__lt=now - DAY)
    counts = OpenedCounts(
        of_block=Counter(row.block for row in opened),
        of_wide_block=Counter(row.wide_block for row in opened),
        of_crowd=Counter(likeness.opened_crowds),
        seen_blocks=frozenset(seen.values_list("block", flat=True).distinct()),
    )
    for row in opened:
        if row.processed_at > now - HOUR:
            group = counts.group_of(row.block, row.grade)
            counts.of_group[group] += 1
            counts.plain_of_group[group] += not row.is_backed
    return _Load(counts, find_joinable(owner.pk, reports))


def _weigh(owner: Organization, reports: Sequence[Report], likeness: _Likeness) -> list[Merit]:
    """Return what speaks for each report."""
    witnesses, known = _find_witnesses(owner, reports), _values_of_findings(reports)
    records = find_records(owner.pk, (report.reporter for report in reports))
    first = _first_of_each_text(reports, likeness)
    return [
        Merit(
            report,
            OUTSIDE_EVIDENCE * (report.thing in known)
            + OUTSIDE_EVIDENCE * witnesses.are_several(report.thing)
            + (report.pk in first and (report.score or 0.0) >= LIKE_FRAUD),
            records.get(report.reporter, NEWCOMER).weight,
            crowd,
        )
        for report, crowd in zip(reports, likeness.crowds, strict=True)
    ]


def _first_of_each_text(reports: Sequence[Report], likeness: _Likeness) -> set[int]:
    """Return the primary keys of the reports whose text no earlier report had, or nearly.

    One text with thousands of made-up numbers is evidence once.
    """
    keys = sorted({report.text_key for report in reports if report.text})
    rows = _UNSCOPED.rows(Report).filter(state__in=SETTLED, text_key__in=in_list(keys, "text")).order_by()
    before = set(rows.values_list("text_key", flat=True).distinct())
    first: dict[int, int] = {}
    for report, group in sorted(zip(reports, likeness.groups, strict=True), key=lambda pair: pair[0].pk):
        if report.text and report.text_key not in before and group not in likeness.known_groups:
            first.setdefault(group, report.pk)
    return set(first.values())


def _values_of_findings(reports: Sequence[Report]) -> set[tuple[str, str]]:
    """Return kind and value of the reported things that findings name."""
    values = {report.value for report in reports if report.value}
    rows = find_standing_findings(_UNSCOPED).filter(subject__value__in=in_list(list(values), "text"))
    return set(rows.order_by().values_list("subject__kind", "subject__value").distinct())


def _find_witnesses(owner: Organization, reports: Sequence[Report]) -> Witnesses:
    """Return who reported each thing before, of those whose reports were opened or joined."""
    values = {report.value for report in reports if report.value}
    rows = _UNSCOPED.rows(Report).filter(owner=owner, value__in=in_list(sorted(values), "text"), state__in=SETTLED)
    return _to_witnesses(owner, _who_reported(rows))


def _who_reported(rows: QuerySet[Report]) -> list[tuple[str, str, str, str]]:
    return list(rows.order_by().values_list("subject_kind", "value", "block", "reporter").distinct())


def _to_witnesses(owner: Organization, who: list[tuple[str, str, str, str]]) -> Witnesses:
    return Witnesses(who, find_records(owner.pk, (reporter for *_thing, reporter in who)))


def submit_news(owner: Organization) -> int:
    """Hand in the findings of things with new independent reporters; return how many.

    What is counted is marked after that: a worker that was killed in between hands in the same findings again.
    """
    settled = _UNSCOPED.rows(Report).filter(owner=owner, state__in=SETTLED).exclude(value="").exclude(channel="mail")
    new = list(settled.filter(is_counted=False).select_related("owner").order_by("pk")[:BATCH])
    values = {report.value for report in new}
    counted = settled.filter(is_counted=True, value__in=in_list(sorted(values), "text"))
    who = _who_reported(counted)
    before = _to_witnesses(owner, who)
    after = _to_witnesses(owner, [*who, *((*report.thing, report.block, report.reporter) for report in new)])
    latest = {report.thing: report for report in new}
    news = [
        ReportedCount(report, _independent(after, thing), _independent(before, thing))
        for thing, report in latest.items()
    ]
    submitted = submit_report_findings(owner, news, LIKE_FRAUD)
    _UNSCOPED.rows(Report).filter(pk__in=in_list([report.pk for report in new])).update(is_counted=True)
    return submitted


def _independent(witnesses: Witnesses, thing: tuple[str, str]) -> int:
    """Return how many independent reporters a thing has; one as long as they weigh too little together."""
    return witnesses.count(thing) if witnesses.are_several(thing) else min(1, witnesses.count(thing))


def _settle(merit: Merit, load: _Load, settings: ReportSettings, now: datetime) -> IntakeOutcome:
    """Join a report to a running process or open one, or say that it is to be held back."""
    report, key = merit.report, report_key(merit.report)
    if key is not None and (process := load.joinable.get(key)):
        match join_report(report, process, now):
            case JoinResult.JOINED:
                return IntakeOutcome.JOINED
            case JoinResult.SETTLED:
                return IntakeOutcome.GONE
    if competes(report) and _is_full(merit, load.opened, settings):
        return IntakeOutcome.HELD
    process = open_report(report, now)
    if not process:
        return IntakeOutcome.GONE
    if key is not None:
        load.joinable[key] = process
    if competes(report):
        load.opened.count(merit, settings.work_bits)
        if merit.is_backed(settings.work_bits):  # what speaks for it may be gone in the next run
            _UNSCOPED.rows(Report).filter(pk=report.pk).update(is_backed=True)
    return IntakeOutcome.OPENED


def competes(report: Report) -> bool:
    """Return whether a report competes: call-takers and other centres answer for what they pass on."""
    return report.channel in COMPETING


def _is_full(merit: Merit, counts: OpenedCounts, settings: ReportSettings) -> bool:
    """Return whether no process is to be opened now.

    A network has its limit of the day, twice as much with evidence: a text can be copied. Half of each hour is for the
    first reports of networks.
    """
    report, limit = merit.report, settings.open_per_hour
    opened = counts.of_block[report.block]
    most = (settings.worked_per_day if report.is_worked else settings.unworked_per_day) * (2 if merit.evidence else 1)
    is_half_full = opened > 0 and counts.of_group.total() >= (limit + 1) // 2
    group, is_backed = counts.group_of(report.block, report.grade), merit.is_backed(settings.work_bits)
    return opened >= most or is_half_full or not counts.has_room(group, limit, is_backed=is_backed)


def pending_owners(now: datetime) -> list[Organization]:
    """Return the organisations with reports to read."""
    rows = _UNSCOPED.rows(Report).filter(_to_read(now))
    owners = list(rows.order_by().values_list("owner", flat=True).distinct())
    return list(all_organizations().filter(pk__in=owners))
