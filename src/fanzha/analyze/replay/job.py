"""One replay from files to files: analyse the records, match the findings with the cases, write report and tables."""

import csv
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path

import msgspec

from fanzha.analyze.ingestion import ProgressListener
from fanzha.analyze.journal import write_atomically
from fanzha.analyze.pipeline import Options, analyze
from fanzha.analyze.replay.account import (
    count_ways,
    rates,
    share_by_fraud_type,
    share_by_maturity,
    share_by_rule,
    share_found,
    view_cases,
)
from fanzha.analyze.replay.case_matcher import CaseHit, CaseMatcher, OtherHits
from fanzha.analyze.replay.cases import CaseList, read_cases
from fanzha.analyze.replay.result import Outcome, ReplayResult
from fanzha.analyze.report.replay_report import write_replay_report
from fanzha.analyze.report.titles import detector_words
from fanzha.analyze.summary import Summary
from fanzha.base.clock import iso
from fanzha.base.csv_cells import plain_cell
from fanzha.base.words import Words
from fanzha.claims.finding import Maturity
from fanzha.detect import RuleDetector, all_detectors
from fanzha.read import HOME_ZONE

DAY_MS = 86_400_000
DEFAULT_SPAN_MS = 30 * DAY_MS

NOTICES = (
    Words(
        "“其他对象”不等于无辜者：案件表只含已报案的案件，未报案的诈骗号码也在其中。",
        "The others hit are not all innocent: the table holds reported cases only, and frauds that nobody reported are"
        " among the others.",
    ),
    Words(
        "历史数据的局限：当时已被拦截的呼叫和短信没有后续记录；案件若曾促成处置，其后的记录也随之改变。",
        "What history cannot tell: calls and texts that were blocked at the time left no history, and what was done"
        " about a case changed the records after it.",
    ),
)


@dataclass(frozen=True)
class ReplayRequest:
    """The table of cases, the analysis of the records, and how long before a loss a finding counts (ms)."""

    cases: Path
    options: Options
    zone: str = HOME_ZONE
    span_ms: int = DEFAULT_SPAN_MS


@dataclass
class _Matches:
    hits: list[CaseHit]
    others: list[OtherHits]
    covered: set[int]


def replay(request: ReplayRequest, listener: ProgressListener) -> ReplayResult:
    """Analyse the records and say which cases would have been found before their first loss.

    Writes what `analyze` writes, and replay.html, replay.json, cases.csv, rules.csv and others.parquet. Raise
    UsageError if the cases cannot be read. An interrupted run is resumed if it is called with the same options.
    """
    start_time = time.monotonic()
    found = read_cases(request.cases, request.zone)
    out = request.options.out
    matches = _Matches([], [], set())

    def match(tables: Mapping[str, Path]) -> None:
        listener.stage("对照案件 matching cases", 3)
        with (
            tempfile.TemporaryDirectory(dir=out) as scratch,
            CaseMatcher(found.cases, out / "findings.parquet", tables, request.span_ms, Path(scratch)) as matcher,
        ):
            matches.covered = matcher.list_covered()
            listener.advance()
            matches.hits = matcher.list_hits()
            listener.advance()
            matches.others = matcher.count_others()
            matcher.write_others(out / "others.parquet")
            listener.advance()

    summary = analyze(request.options, listener, match)
    summary.seconds = time.monotonic() - start_time
    result = _account(request, found, summary, matches)
    write_atomically(out / "replay.json", msgspec.json.format(msgspec.json.encode(result), indent=1))
    write_atomically(out / "cases.csv", _cases_csv(result))
    write_atomically(out / "rules.csv", _rules_csv(result))
    write_replay_report(result, out / "replay.html")
    return result


def _account(request: ReplayRequest, found: CaseList, summary: Summary, matches: _Matches) -> ReplayResult:
    cases, hits = found.cases, matches.hits
    views = view_cases(cases, hits, matches.covered, summary.first, summary.last)
    covered = [view for view in views if view.gap is None]
    found_views = [view for view in covered if view.outcome is Outcome.FOUND]
    amounts = [view.amount for view in covered if view.amount is not None]
    pooled = [other for other in matches.others if not other.rule]
    return ReplayResult(
        input=summary,
        case_rows=found.rows,
        rejected=found.rejects,
        cases=len(cases),
        covered=len(covered),
        outcomes={outcome.value: sum(view.outcome is outcome for view in views) for outcome in Outcome},
        gaps=_count_gaps([view.gap.value for view in views if view.gap is not None]),
        together=share_found(found_views, len(covered)),
        by_maturity=share_by_maturity(covered, len(covered)),
        by_way=count_ways(cases, views, hits),
        rules=share_by_rule(cases, views, hits, matches.others, summary.exposure, rule_title),
        fraud_types=share_by_fraud_type(views),
        accused=rates(_count_by_maturity(pooled, warned=False), summary.exposure),
        warned=rates(_count_by_maturity(pooled, warned=True), summary.exposure),
        amount=sum(amounts) if amounts else None,
        amount_found=sum(view.amount or 0 for view in found_views) if amounts else None,
        within_days=request.span_ms / DAY_MS,
        views=views,
        notices=[*NOTICES, *found.notes],
    )


def _count_gaps(gaps: list[str]) -> dict[str, int]:
    return {gap: gaps.count(gap) for gap in dict.fromkeys(gaps)}


def _count_by_maturity(others: list[OtherHits], *, warned: bool) -> dict[str, int]:
    return {tuple(Maturity)[other.rank].value: other.subject_days for other in others if other.warned is warned}


def rule_title(rule: str, detector: str) -> Words:
    """Return the title of a rule, else that of its detector."""
    return _rule_titles().get(rule) or detector_words(detector)


@cache
def _rule_titles() -> dict[str, Words]:
    detectors = [detector for detector in all_detectors().values() if isinstance(detector, RuleDetector)]
    return {rule.name: rule.title for detector in detectors for rule in detector.rules}


def _cases_csv(result: ReplayResult) -> bytes:
    header = ["case", "rows", "fraud_type", "amount", "first_loss", "outcome", "gap", "maturity", "way", "rule"]
    rows = [
        [
            view.number,
            " ".join(map(str, view.rows)),
            view.fraud_type,
            "" if view.amount is None else f"{view.amount:.2f}",
            iso(view.loss_from),
            view.outcome.value,
            view.gap.value if view.gap else "",
            view.maturity,
            view.way,
            view.rule,
            iso(view.found_at) if view.found_at is not None else "",
            "" if view.lead_ms is None else f"{view.lead_ms / 3_600_000:.2f}",
            " ".join(view.rules),
        ]
        for view in result.views
    ]
    return _csv([*header, "found_at", "lead_hours", "rules"], rows)


def _rules_csv(result: ReplayResult) -> bytes:
    header = ["rule", "title_zh", "title_en", "found", "covered", "share", "low", "high", "found_live", "alone"]
    header += ["median_lead_hours"]
    for maturity in Maturity:
        header += [f"others_{maturity}", f"others_{maturity}_per_million_a_day"]
    rows = []
    for share in result.rules:
        found = share.found.found
        numbers = (found.value, found.low, found.high)
        row = [share.rule, share.title.zh, share.title.en, str(found.part), str(found.whole)]
        row += ["" if number is None else f"{number:.4f}" for number in numbers]
        median = share.found.lead.median_hours
        row += [str(share.found_live.found.part), str(share.alone), "" if median is None else f"{median:.2f}"]
        for rate in share.others.values():
            value = rate.per_million_a_day
            row += [str(rate.alarms), "" if value is None else f"{value:.3f}"]
        rows.append(row)
    return _csv(header, rows)


def _csv(header: list[str], rows: list[list[str]]) -> bytes:
    """Return CSV with a byte order mark, which spreadsheets need to read UTF-8."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([[plain_cell(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")
