"""What a backtest shows in the terminal: one row a rule, what to know of it, comparisons, the first hits."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from fanzha.analyze.backtest import words
from fanzha.analyze.backtest.result import Backtest, Comparison, ShownHit
from fanzha.analyze.report.suspects import kind_words
from fanzha.analyze.terminal import plain
from fanzha.base.clock import iso
from fanzha.base.words import Words

MOST_HITS = 5  # of a rule


def print_backtest(console: Console, result: Backtest, out: Path | None) -> None:
    """Print the account; `out` is where the files stand, None when none are kept."""
    judged = any(one.judged for one in result.versions)
    titles = (f"{title.zh}\n{title.en}" for title in words.columns(judged=judged))
    table = Table(*(Column(title, overflow="fold", min_width=5) for title in titles))
    for account in result.versions:
        table.add_row(Text(f"{account.label}\n{account.title_zh} {account.title_en}"), *words.cells(account, "\n"))
    console.print(table)
    for account in result.versions:
        for line in (*words.lines(account), *words.scenarios(account)):
            _say(console, line, f"{account.label}: ")
    for comparison in result.comparisons:
        console.print(_comparison(comparison))
    if result.shown:
        console.print(_hits(result.shown))
    events = sum(result.input.events.values())
    console.print(f"{events:,} 个事件 events · {result.input.rejects:,} 行拒收 rejects · {result.input.seconds:.1f} s")
    for notice in result.notices:
        _say(console, notice)
    if out is not None:
        console.print(f"报告 report: {out / 'report.html'}", soft_wrap=True)


def _say(console: Console, line: Words, before: str = "") -> None:
    console.print(Text(f"· {before}{line.zh} {line.en}"))


def _comparison(comparison: Comparison) -> Table:
    told = words.parts(comparison)
    roles = [role for role in words.ROLE_WORDS if any(role in counts for _, counts in told)]
    titles = [f"{words.ROLE_WORDS[role].zh} {words.ROLE_WORDS[role].en}" for role in roles]
    table = Table("比较 compared", *titles, title=comparison.rule, title_justify="left")
    for title, counts in told:
        table.add_row(Text(f"{title.zh} {title.en}"), *(f"{counts.get(role, 0):,}" for role in roles))
    return table


def _hits(shown: Sequence[ShownHit]) -> Table:
    table = Table(
        "规则 rule",
        "对象 subject",
        "时间 when (UTC)",
        "评分 score",
        "处置 effect",
        title="命中 Hits",
        title_justify="left",
    )
    left: dict[str, int] = {}
    for hit in shown:
        left[hit.label] = left.get(hit.label, MOST_HITS) - 1
        if left[hit.label] >= 0:
            effect = "可执行 would act" if hit.acts else plain(f"{hit.why_zh} {hit.why_en}", 120)
            kind = kind_words(hit.kind)
            subject = f"{plain(hit.subject, 40)}\n{kind.zh} {kind.en}"
            table.add_row(Text(hit.label), Text(subject), iso(hit.moment)[:19], f"{hit.score:.2f}", Text(effect))
    return table
