"""Backtest rule texts over history."""

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
from fanzha.api._frames import Frame, Source, staged, to_moment, write_frame
from fanzha.api.analysis import SilentListener, open_folder
from fanzha.base.errors import UsageError
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
    unmask: bool = False,
    force: bool = False,
    progress: ProgressListener | None = None,
) -> Backtest:
    """Run rules over history and return whom they would have hit, when, and within which budget.

    `rules` is a rule text, the path of a rule file, or several of them; rules of one name are compared. `labels` is a
    file or frame with the columns subject and label (fraud, victim, look_alike, innocent), and if known kind, from,
    until: precision and recall follow from it. `subjects_an_hour` and `share_of_trunk` (0-1) replace the budget of the
    settings. With `out` the folder gets report.html, hits.parquet, backtest.json and rejects.jsonl. Other arguments
    are those of `analyze`.

    Raise RuleError for a mistake in a rule, NothingUsable if no row could be used, UsageError for a wrong argument.
    """
    texts = [rules] if isinstance(rules, str | Path) else rules
    named = tuple(_load_text(text, f"rules {number}") for number, text in enumerate(texts, start=1))
    with staged(source) as paths, open_folder(out) as folder, TemporaryDirectory(prefix="fanzha-") as scratch:
        request = BacktestRequest(
            rules=named,
            paths=paths,
            out=folder,
            labels=None if labels is None else _stage_labels(labels, Path(scratch)),
            table=table,
            map_file=Path(map_file) if map_file else None,
            since=to_moment(since),
            until=to_moment(until),
            basis=basis,
            subjects_an_hour=subjects_an_hour,
            share_of_trunk=share_of_trunk,
            unmask=unmask,
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


def _stage_labels(labels: str | Path | Frame, folder: Path) -> Path:
    if isinstance(labels, str | Path):
        return Path(labels)
    write_frame(labels, folder / "labels.parquet")
    return folder / "labels.parquet"
