"""Print a backtest in a terminal: one row per rule, explanations, comparisons, the first hits."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from fanzha.analyze.backtest import presenter
from fanzha.analyze.backtest.result import BacktestResult, HitView, VersionComparison
from fanzha.analyze.report.titles import kind_words
from fanzha.analyze.terminal import printable
from fanzha.base.clock import iso
from fanzha.base.words import Words

MAX_HITS = 5  # of a rule


def print_backtest(console: Console, result: BacktestResult, out: Path | None) -> None:
    """Print the result; `out` is the folder of the files, None if none are kept."""
    judged = any(version.judged for version in result.versions)
    titles = (f"{title.zh}\n{title.en}" for title in presenter.column_titles(judged=judged))
    table = Table(*(Column(title, overflow="fold", min_width=5) for title in titles))
    for version_result in result.versions:
        table.add_row(
            Text(f"{version_result.label}\n{version_result.title_zh} {version_result.title_en}"),
            *presenter.table_cells(version_result, "\n"),
        )
    console.print(table)
    _print_line(console, presenter.exposure_line(result))
    for version_result in result.versions:
        for line in (*presenter.explanation_lines(version_result), *presenter.scenario_lines(version_result)):
            _print_line(console, line, f"{version_result.label}: ")
    for comparison in result.comparisons:
        console.print(_comparison(comparison))
    if result.shown:
        console.print(_hits(result.shown))
    events = sum(result.input.events.values())
    console.print(f"{events:,} 个事件 events · {result.input.rejects:,} 行拒收 rejects · {result.input.seconds:.1f} s")
    for notice in result.notices:
        _print_line(console, notice)
    if out is not None:
        console.print(f"报告 report: {out / 'report.html'}", soft_wrap=True)


def _print_line(console: Console, line: Words, prefix: str = "") -> None:
    console.print(Text(f"· {prefix}{line.zh} {line.en}"))


def _comparison(comparison: VersionComparison) -> Table:
    parts = presenter.comparison_parts(comparison)
    roles = [role for role in presenter.ROLE_WORDS if any(role in counts for _, counts in parts)]
    titles = [f"{presenter.ROLE_WORDS[role].zh} {presenter.ROLE_WORDS[role].en}" for role in roles]
    table = Table("比较 compared", *titles, title=comparison.rule, title_justify="left")
    for title, counts in parts:
        table.add_row(Text(f"{title.zh} {title.en}"), *(f"{counts.get(role, 0):,}" for role in roles))
    return table


def _hits(hits: Sequence[HitView]) -> Table:
    table = Table(
        "规则 rule",
        "对象 subject",
        "时间 when (UTC)",
        "评分 score",
        "窗口 windows",
        "处置 effect",
        title="命中 Hits",
        title_justify="left",
    )
    remaining: dict[str, int] = {}
    for hit in hits:
        remaining[hit.label] = remaining.get(hit.label, MAX_HITS) - 1
        if remaining[hit.label] >= 0:
            effect = "可执行 would act" if hit.acts else printable(f"{hit.why_zh} {hit.why_en}", 120)
            kind = kind_words(hit.kind)
            subject = f"{printable(hit.subject, 40)}\n{kind.zh} {kind.en}"
            windows = "已满 full" if hit.windows_full else "未满 not full"
            moment, score = iso(hit.moment)[:19], f"{hit.score:.2f}"
            table.add_row(Text(hit.label), Text(subject), moment, score, windows, Text(effect))
    return table
