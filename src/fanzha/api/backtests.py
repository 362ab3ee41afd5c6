"""Backtest rule texts over history, and replay known cases on the records of their time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.backtest.job import BacktestRequest
from fanzha.analyze.backtest.job import backtest as run_backtest
from fanzha.analyze.backtest.result import BacktestResult
from fanzha.analyze.backtest.rule_versions import load_rule_versions
from fanzha.analyze.ingestion import ProgressListener
from fanzha.analyze.pipeline import Options
from fanzha.analyze.replay import ReplayRequest, ReplayResult
from fanzha.analyze.replay import replay as run_replay
from fanzha.api._frames import Frame, Source, staged, to_moment, write_frame
from fanzha.api.analysis import SilentListener, open_folder
from fanzha.base.clock import span_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.rules import Rule
from fanzha.store.lists import load_lists

#: A rule text, or the path of a file that holds one.
RuleSource = str | Path


@dataclass(frozen=True)
class Backtest:
    """The result of one backtest."""

    result: BacktestResult  # counts of each version, comparisons, the first hits masked unless `unmask`
    hits: pa.Table  # one row per hit; the columns of hits.parquet, subjects in full


def parse_rules(rules: RuleSource) -> tuple[Rule, ...]:
    """Return the checked rules of a text or file. Raise RuleError that names line, column and fix of every mistake.

    Lists of the state folder are known to the rules.
    """
    lists = {name: source.values for name, source in load_lists().items()}
    versions = load_rule_versions((_load_text(rules, "rules"),), lists)
    return tuple(version.rule for version in versions.versions)


def backtest(
    rules: RuleSource | Sequence[RuleSource],
    source: Source,
    *,
    labels: str | Path | Frame | None = None,
    out: str | Path | None = None,
    table: str = "",
    map_file: str | Path | None = None,
    since: str | datetime | None = None,
    until: str | datetime | None = None,
    basis: str = "",
    subjects_an_hour: int | None = None,
    share_of_trunk: float | None = None,
    lines: int | None = None,
    unmask: bool = False,
    force: bool = False,
    progress: ProgressListener | None = None,
) -> Backtest:
    """Run rules over history and return the subjects they would have hit, the times, and the use of the budget.

    `rules` is a rule text, the path of a rule file, or several of them; rules of one name are compared. `labels` is a
    file or frame with the columns subject and label (fraud, victim, look_alike, innocent), and if known kind, from,
    until: precision and recall follow from it. `subjects_an_hour` and `share_of_trunk` (0-1) replace the budget of the
    settings. `lines` is the number of lines of the operator, for rates; else it is counted in the records. With `out`
    the folder gets report.html, hits.parquet, backtest.json and rejects.jsonl. Other arguments are those of `analyze`.

    Raise RuleError for a mistake in a rule, NothingUsable if no row could be used, UsageError for a wrong argument.
    """
    texts = [rules] if isinstance(rules, str | Path) else rules
    named = tuple(_load_text(text, f"rules {number}") for number, text in enumerate(texts, start=1))
    with staged(source) as paths, open_folder(out) as folder, TemporaryDirectory(prefix="fanzha-") as scratch:
        request = BacktestRequest(
            rules=named,
            paths=paths,
            out=folder,
            labels=None if labels is None else _stage_table(labels, Path(scratch)),
            table=table,
            map_file=Path(map_file) if map_file else None,
            since=to_moment(since),
            until=to_moment(until),
            basis=basis,
            subjects_an_hour=subjects_an_hour,
            share_of_trunk=share_of_trunk,
            unmask=unmask,
            lines=lines,
            overwrite=force,
        )
        result = run_backtest(request, progress or SilentListener())
        result.input.check(strict=False)
        return Backtest(result, pq.read_table(folder / "hits.parquet"))


def _load_text(rules: RuleSource, name: str) -> tuple[str, bytes]:
    """Return the name and bytes of a rule text. Raise UsageError if the file cannot be read."""
    if isinstance(rules, str):
        return name, rules.encode()
    try:
        return str(rules), rules.read_bytes()
    except OSError as error:
        raise UsageError(f"{rules}: {error.strerror}", fix="pass a rule text, or a Path of a rule file") from None


def _stage_table(table: str | Path | Frame, folder: Path) -> Path:
    """Return the path of a table; a frame is written into the folder."""
    if isinstance(table, str | Path):
        return Path(table)
    write_frame(table, folder / "table.parquet")
    return folder / "table.parquet"


def replay(
    cases: str | Path | Frame,
    source: Source,
    *,
    within: str = "30d",
    zone: str = "+08:00",
    lines: int | None = None,
    out: str | Path | None = None,
    detectors: Sequence[str] = (),
    table: str = "",
    map_file: str | Path | None = None,
    since: str | datetime | None = None,
    until: str | datetime | None = None,
    basis: str = "",
    unmask: bool = False,
    force: bool = False,
    progress: ProgressListener | None = None,
) -> ReplayResult:
    """Analyse the records of known cases; return which were found before the first loss, and who else was hit.

    `cases` is a file or frame: case number, victim's number, suspect numbers, time of the first loss (local to `zone`
    if it has none), fraud type, amount. A finding counts `within` that span before the loss. `lines` is the number of
    lines of the operator, for rates; else it is counted in the records. With `out` the folder gets replay.html, its
    tables and the findings. Other arguments are those of `analyze`.

    Raise UsageError if the cases cannot be read, NothingUsable if no row of the records could be used.
    """
    try:
        span = span_ms(within)
    except Malformed as error:
        raise UsageError(error.reason) from None
    with staged(source) as paths, open_folder(out) as folder, TemporaryDirectory(prefix="fanzha-") as scratch:
        options = Options(
            paths=paths,
            out=folder,
            table=table or None,
            map_file=Path(map_file) if map_file else None,
            detectors=tuple(detectors),
            since=to_moment(since),
            until=to_moment(until),
            basis=basis,
            unmask=unmask,
            lines=lines,
            overwrite=force,
        )
        request = ReplayRequest(_stage_table(cases, Path(scratch)), options, zone, span)
        result = run_replay(request, progress or SilentListener())
        result.input.check(strict=False)
        return result
