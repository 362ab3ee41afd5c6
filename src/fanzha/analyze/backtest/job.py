"""One backtest from files to files: history gathered as `analyze` does, replayed, governed, judged, written."""

import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha import __version__
from fanzha.analyze.alarm_rate import AlarmRate, measure_exposure
from fanzha.analyze.backtest.decided_cases import DecidedCase, replay_cases
from fanzha.analyze.backtest.governor_rulings import govern
from fanzha.analyze.backtest.ground_truth import read_ground_truth
from fanzha.analyze.backtest.hits import replay
from fanzha.analyze.backtest.metrics import assign_roles, compute_metrics
from fanzha.analyze.backtest.result import BLOCKED_TRAFFIC_NOTICE, BacktestResult
from fanzha.analyze.backtest.rule_versions import RuleVersions, load_rule_versions
from fanzha.analyze.backtest.version_results import (
    BacktestOutcome,
    are_windows_full,
    compare_versions,
    first_hits,
    version_results,
)
from fanzha.analyze.event_order import slices
from fanzha.analyze.ingestion import ProgressListener, first_started_at, join_rejects, read_sources, sort_tables
from fanzha.analyze.journal import Journal, require_own_folder, write_atomically
from fanzha.analyze.report.backtest_report import write_backtest_report
from fanzha.analyze.report.titles import mask_subject
from fanzha.analyze.summary import Summary
from fanzha.base.errors import UsageError
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims.budget import Budget
from fanzha.claims.rule_promotion import StoredBacktest
from fanzha.events import all_events
from fanzha.read import SourceFile, find_sources, settle_maps
from fanzha.store.allowlist import load_allowlist
from fanzha.store.budgets import load_budgets
from fanzha.store.lists import load_lists
from fanzha.store.rule_promotion import store_backtest
from fanzha.store.rule_texts import RuleTexts

MAX_SHOWN_HITS = 100  # hits of a version


@dataclass(frozen=True)
class BacktestRequest:
    """The rule files (name, data), history, labels and options; times UTC ms; a budget of None is the settings' one."""

    rules: tuple[tuple[str, bytes], ...]
    paths: tuple[Path, ...]
    out: Path
    labels: Path | None = None
    table: str = ""
    map_file: Path | None = None
    since: int | None = None
    until: int | None = None
    basis: str = ""
    subjects_an_hour: int | None = None
    share_of_trunk: float | None = None
    unmask: bool = False
    lines: int | None = None  # of the operator; None: counted in the records
    accept: bool | None = None  # of unsure proposed maps: take the sure columns, or refuse; None: use them whole
    overwrite: bool = True  # replace what another run left in `out`
    cases: tuple[DecidedCase, ...] = ()


def backtest(request: BacktestRequest, listener: ProgressListener) -> BacktestResult:
    """Run the rules over the history and write hits.parquet, rejects.jsonl, backtest.json and report.html.

    A repeated request after an interruption reads no source twice.
    """
    start_time = time.monotonic()
    versions = load_rule_versions(request.rules, {name: source.values for name, source in load_lists().items()})
    truth = read_ground_truth(request.labels) if request.labels else None
    inputs = list(find_sources(request.paths, map_file=request.map_file, table=request.table, out=request.out))
    if request.accept is not None:
        inputs = settle_maps(inputs, accept=request.accept)
    run_key = _run_key(request, inputs)
    result_key = digest(
        run_key, repr((request.rules, request.labels, request.subjects_an_hour, request.share_of_trunk, request.lines))
    )
    if not request.overwrite:
        require_own_folder(request.out, run_key, result_key)
    journal = Journal(request.out, run_key)
    summary = Summary(
        version=__version__, started_at=first_started_at(journal), resumed=journal.resumed, out=str(request.out)
    )
    read = read_sources(
        inputs, summary, journal, listener, since=request.since, until=request.until, basis=request.basis
    )
    tables = sort_tables(read, summary, journal, listener)
    summary.exposure = measure_exposure(tables, journal.subfolder("scratch"), lines=request.lines)
    listener.stage("回测 replaying", sum(summary.events.values()))
    outcome = _run_backtest(request, versions, tables, truth, summary, listener)
    summary.seconds = time.monotonic() - start_time
    mask = (lambda kind, value: value) if request.unmask else mask_subject
    views = first_hits(outcome, MAX_SHOWN_HITS, mask, summary.first)
    versions_tested = version_results(outcome, summary.first, summary.exposure)
    join_rejects([Path(source.rejects) for source in read], request.out / "rejects.jsonl")
    write_hits(outcome, request.out / "hits.parquet", summary.first)
    cases = None
    if request.cases:
        listener.stage("对照已判定对象 matching decided cases", None)
        labels = [version.label for version in versions.versions]
        hits, scratch = request.out / "hits.parquet", journal.subfolder("scratch")
        cases = replay_cases(request.cases, hits, tables, labels, scratch)
    compared = compare_versions(outcome)
    result = BacktestResult(summary, versions_tested, compared, views, [BLOCKED_TRAFFIC_NOTICE], cases)
    write_atomically(request.out / "backtest.json", as_json(result))
    write_backtest_report(result, request.out / "report.html", unmasked=request.unmask)
    journal.finish(result_key)
    return result


def _run_backtest(
    request: BacktestRequest,
    versions: RuleVersions,
    tables: dict[str, Path],
    truth: pa.Table | None,
    summary: Summary,
    listener: ProgressListener,
) -> BacktestOutcome:
    schemas = {name: all_events()[name].schema for name in tables}
    version_budgets = _version_budgets(request, versions)
    count_trunks = any(limit.share_of_trunk is not None for limit in version_budgets)
    replay_result = replay(versions, slices(tables, schemas), listener.advance, count_trunks=count_trunks)
    hits = replay_result.hits
    rulings, overruns = govern(hits, versions.versions, version_budgets, load_allowlist())
    if truth is None:
        return BacktestOutcome(versions, replay_result, version_budgets, rulings, overruns, None, None)
    roles = assign_roles(hits, truth)
    metrics = compute_metrics(hits, roles, truth, len(version_budgets), summary.first or 0, summary.last or 0)
    return BacktestOutcome(versions, replay_result, version_budgets, rulings, overruns, roles, metrics)


def _version_budgets(request: BacktestRequest, versions: RuleVersions) -> list[Budget]:
    """Return the budget of each version: the requested one, else the one of the settings."""
    settings = load_budgets()
    configured_budgets = [settings.rules.get(version.rule.name, settings.default) for version in versions.versions]
    subjects, share = request.subjects_an_hour, request.share_of_trunk
    return [
        Budget(
            budget.subjects_an_hour if subjects is None else subjects,
            budget.share_of_trunk if share is None else share,
        )
        for budget in configured_budgets
    ]


def _run_key(request: BacktestRequest, inputs: list[SourceFile]) -> str:
    """Return a digest of the history, so that another request on the same history reuses what was read."""
    stats = [(source.name, source.size, source.path.stat().st_mtime_ns, repr(source.map)) for source in inputs]
    return digest(__version__, repr(stats), request.table, request.since, request.until, request.basis)


def write_hits(outcome: BacktestOutcome, target: Path, first: int | None = None) -> None:
    """Write every hit with its unmasked subject; `first` is the first moment of the history (UTC ms)."""
    hits, roles = outcome.replay.hits, outcome.roles
    reasons = [ruling.why or Words("", "") for ruling in outcome.rulings]
    table = pa.table(
        {
            "rule": pa.array([outcome.texts.versions[hit.version].label for hit in hits], pa.string()),
            "subject_kind": pa.array([hit.subject.kind for hit in hits], pa.string()),
            "subject": pa.array([hit.subject.value for hit in hits], pa.string()),
            "moment": pa.array([hit.moment for hit in hits], pa.int64()),
            "score": pa.array([hit.score for hit in hits], pa.float64()),
            "acts": pa.array([ruling.acts for ruling in outcome.rulings], pa.bool_()),
            "why_not_zh": pa.array([reason.zh for reason in reasons], pa.string()),
            "why_not_en": pa.array([reason.en for reason in reasons], pa.string()),
            "role": pa.nulls(len(hits), pa.string()) if roles is None else pa.array(roles, pa.string()),
            "number": pa.array([hit.trigger.number for hit in hits], pa.string()),
            "trunk": pa.array([hit.trigger.trunk for hit in hits], pa.string()),
            "ingress": pa.array([hit.trigger.ingress for hit in hits], pa.string()),
            "event_id": pa.array([hit.event_id for hit in hits], pa.string()),
            "simulated": pa.array([hit.simulated for hit in hits], pa.bool_()),
            "windows_full": pa.array(
                [are_windows_full(outcome.texts.versions[hit.version], hit, first) for hit in hits], pa.bool_()
            ),
        }
    )
    part_file = target.with_name(target.name + ".part")
    pq.write_table(table, part_file)
    part_file.replace(target)


def as_json(result: BacktestResult) -> bytes:
    """Return the result as JSON; `Words` are [zh, en]."""
    return msgspec.json.format(msgspec.json.encode(result), indent=1)


def store_results(rules: tuple[tuple[str, bytes], ...], result: BacktestResult) -> None:
    """Store the results of the rules (name, data) whose texts the state folder holds; nothing without any event.

    Raise UsageError if it holds none of them.
    """
    if result.input.first is None or result.input.last is None:
        return
    known = {entry.text: entry.rule for entry in RuleTexts().list_texts()}
    stored = [(name, digest(data.decode())) for name, data in rules if digest(data.decode()) in known]
    if not stored:
        raise UsageError("no rule of the state folder was tested", fix="add it first with `fanzha rules add`")
    for name, text in stored:
        version = next(v for v in result.versions if v.file == name)
        rate = version.alarms or AlarmRate(0)
        store_backtest(
            StoredBacktest(
                rule=known[text],
                text=text,
                at=time.time_ns() // 1_000_000,
                first=result.input.first,
                last=result.input.last,
                days=result.input.exposure.days if result.input.exposure else None,
                events=sum(result.input.events.values()),
                hits=version.hits,
                subjects=version.subjects,
                full_hits=version.full_hits,
                alarms=rate.alarms,
                alarms_per_million=rate.per_million_a_day,
                alarms_low=rate.low,
                alarms_high=rate.high,
            )
        )
