"""Print the result of a review in a terminal: agreement, the share with its interval, and each stratum."""

from pathlib import Path

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from fanzha.analyze.review.job import THIRD
from fanzha.learn.sample_review import Agreement, ReviewResult, ShareEstimate


def print_review(console: Console, result: ReviewResult, folder: Path) -> None:
    """Print the result; while differences are open, name the sheet for the third marker."""
    console.print(Text(_agreement(result.agreement)))
    if result.share is None:
        console.print(f"两人有 {result.differing:,} 行不一致：由第三人填写 {folder / THIRD} 后再运行（--third 姓名）")
        console.print(f"{result.differing:,} rows differ: a third person fills in {folder / THIRD}; then --third NAME")
        return
    console.print(f"不一致 differing {result.differing:,} · 存疑 unclear {result.unclear:,}")
    console.print(f"占比（准确率） share (precision), {result.counted_mark}: {_share(result.share)}")
    if result.below is not None:
        console.print(f"阈值以下 below the threshold: {_share(result.below)}")
    if result.recall is not None:
        console.print(f"召回率 recall: {result.recall:.1%} ({result.recall_low:.1%}–{result.recall_high:.1%})")
    console.print(_strata(result))


def _agreement(agreement: Agreement) -> str:
    kappa = "–"
    if agreement.kappa is not None:
        kappa = f"{agreement.kappa:.2f} ({agreement.low:.2f}–{agreement.high:.2f})"
    return f"一致 agreed {agreement.agreed:,}/{agreement.rows:,} · Cohen's kappa {kappa}"


def _share(share: ShareEstimate) -> str:
    sizes = f"{share.marked:,} 行 rows / {share.population:,}"
    return f"{share.value:.1%} ({share.low:.1%}–{share.high:.1%}), {sizes}"


def _strata(result: ReviewResult) -> Table:
    table = Table(Column("层 stratum", overflow="fold"), "总体 population", "判定 marked", "占比 share")
    for row in result.strata:
        name = " · ".join(row.values.values()) or "–"
        value = f"{row.counted / row.marked:.1%} ({row.low:.1%}–{row.high:.1%})" if row.marked else "–"
        table.add_row(Text(name), f"{row.population:,}", f"{row.marked:,}", value)
    return table
