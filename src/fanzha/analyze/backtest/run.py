"""One backtest from files to files: history gathered as `analyze` does, replayed, governed, judged, written."""

import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha import __version__
from fanzha.analyze.backtest.account import Outcome, account, compare, show
from fanzha.analyze.backtest.answers import read_answers
from fanzha.analyze.backtest.governed import govern
from fanzha.analyze.backtest.hits import replay
from fanzha.analyze.backtest.judged import judge, role_of
from fanzha.analyze.backtest.result import BLOCKED, Backtest
from fanzha.analyze.backtest.texts import Texts, texts
from fanzha.analyze.gather import Watcher, join_rejects, read_sources, sort_tables, started
from fanzha.analyze.journal import Journal, write_atomically
from fanzha.analyze.order import slices
from fanzha.analyze.report.backtest import write_backtest_report
from fanzha.analyze.report.suspects import masked
from fanzha.analyze.summary import Summary
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims.budget import Budget
from fanzha.events import all_events
from fanzha.read import SourceFile, find_sources
from fanzha.store.budgets import budgets
from fanzha.store.lists import own_lists
from fanzha.store.spared import spared_numbers

MOST_SHOWN = 100  # hits of a version


@dataclass(frozen=True)
class Question:
    """What is asked: rule files with their names, history, labels; times UTC ms; None of a budget is the settings'."""

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


def backtest(question: Question, watcher: Watcher) -> Backtest:
    """Run the rules over the history and write hits.parquet, rejects.jsonl, backtest.json and report.html.

    Interrupted and asked again the same, it reads nothing twice.
    """
    began = time.monotonic()
    asked = texts(question.rules, {name: one.values for name, one in own_lists().items()})
    answers = read_answers(question.labels) if question.labels else None
    inputs = list(find_sources(question.paths, map_file=question.map_file, table=question.table, out=question.out))
    journal = Journal(question.out, _run_key(question, inputs))
    summary = Summary(version=__version__, started_at=started(journal), resumed=journal.resumed, out=str(question.out))
    read = read_sources(
        inputs, summary, journal, watcher, since=question.since, until=question.until, basis=question.basis
    )
    tables = sort_tables(read, summary, journal, watcher)
    watcher.stage("回测 replaying", sum(summary.events.values()))
    outcome = _outcome(question, asked, tables, answers, summary, watcher)
    summary.seconds = time.monotonic() - began
    shown = show(outcome, MOST_SHOWN, (lambda kind, value: value) if question.unmask else masked)
    result = Backtest(summary, account(outcome, summary.first), compare(outcome), shown, [BLOCKED])
    join_rejects([Path(one.rejects) for one in read], question.out / "rejects.jsonl")
    write_hits(outcome, question.out / "hits.parquet")
    write_atomically(question.out / "backtest.json", as_json(result))
    write_backtest_report(result, question.out / "report.html", unmasked=question.unmask)
    journal.close()
    return result


def _outcome(
    question: Question,
    asked: Texts,
    tables: dict[str, Path],
    answers: pa.Table | None,
    summary: Summary,
    watcher: Watcher,
) -> Outcome:
    schemas = {name: all_events()[name].schema for name in tables}
    limits = _limits(question, asked)
    shares = any(limit.share_of_trunk is not None for limit in limits)
    replayed = replay(asked, slices(tables, schemas), watcher.advance, count_trunks=shares)
    hits = replayed.hits
    rulings, overruns = govern(hits, asked.versions, limits, spared_numbers())
    if answers is None:
        return Outcome(asked, replayed, limits, rulings, overruns, None, None)
    roles = role_of(hits, answers)
    judged = judge(hits, roles, answers, len(limits), summary.first or 0, summary.last or 0)
    return Outcome(asked, replayed, limits, rulings, overruns, roles, judged)


def _limits(question: Question, asked: Texts) -> list[Budget]:
    """Return the budget of each version: what was asked for, else what the settings say."""
    known = budgets()
    told = [known.rules.get(version.rule.name, known.default) for version in asked.versions]
    subjects, share = question.subjects_an_hour, question.share_of_trunk
    return [
        Budget(
            one.subjects_an_hour if subjects is None else subjects,
            one.share_of_trunk if share is None else share,
        )
        for one in told
    ]


def _run_key(question: Question, inputs: list[SourceFile]) -> str:
    """Name the history that is read: another question about the same history goes on with what was read."""
    stats = [(source.name, source.size, source.path.stat().st_mtime_ns, repr(source.map)) for source in inputs]
    return digest(__version__, repr(stats), question.table, question.since, question.until, question.basis)


def write_hits(outcome: Outcome, target: Path) -> None:
    """Write every hit with its full subject: guard it like the input."""
    hits, roles = outcome.replay.hits, outcome.roles
    whys = [ruling.why or Words("", "") for ruling in outcome.rulings]
    table = pa.table(
        {
            "rule": pa.array([outcome.texts.versions[hit.version].label for hit in hits], pa.string()),
            "subject_kind": pa.array([hit.subject.kind for hit in hits], pa.string()),
            "subject": pa.array([hit.subject.value for hit in hits], pa.string()),
            "moment": pa.array([hit.moment for hit in hits], pa.int64()),
            "score": pa.array([hit.score for hit in hits], pa.float64()),
            "acts": pa.array([ruling.acts for ruling in outcome.rulings], pa.bool_()),
            "why_not_zh": pa.array([why.zh for why in whys], pa.string()),
            "why_not_en": pa.array([why.en for why in whys], pa.string()),
            "role": pa.nulls(len(hits), pa.string()) if roles is None else pa.array(roles, pa.string()),
            "number": pa.array([hit.trigger.number for hit in hits], pa.string()),
            "trunk": pa.array([hit.trigger.trunk for hit in hits], pa.string()),
            "ingress": pa.array([hit.trigger.ingress for hit in hits], pa.string()),
            "event_id": pa.array([hit.event_id for hit in hits], pa.string()),
            "simulated": pa.array([hit.simulated for hit in hits], pa.bool_()),
        }
    )
    beside = target.with_name(target.name + ".part")
    pq.write_table(table, beside)
    beside.replace(target)


def as_json(result: Backtest) -> bytes:
    """Return the account for machines; Words stand as [zh, en]."""
    return msgspec.json.format(msgspec.json.encode(result), indent=1)
