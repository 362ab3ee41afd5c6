"""Print a replay in a terminal: the headline, outcomes, maturities and rules."""

from pathlib import Path

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from fanzha.analyze.replay import presenter
from fanzha.analyze.replay.result import GAP_WORDS, OUTCOME_TITLES, Gap, Outcome, ReplayResult
from fanzha.analyze.terminal import printable
from fanzha.base.words import Words

MAX_RULES = 20


def print_replay(console: Console, result: ReplayResult, out: Path | None) -> None:
    """Print the result; `out` is the folder of the files, None if none are kept."""
    headline = presenter.headline(result)
    console.print(Text(headline.zh))
    console.print(Text(headline.en))
    console.print(_outcomes(result))
    console.print(_maturities(result))
    if result.rules:
        console.print(_rules(result))
    if len(result.rules) > MAX_RULES:
        console.print(f"+ {len(result.rules) - MAX_RULES} 条规则 more rules")
    if result.input.exposure is not None:
        _print_line(console, result.input.exposure.words())
    if result.rejected:
        first = result.rejected[0]
        count = len(result.rejected)
        _print_line(
            console,
            Words(
                f"案件表有 {count:,} 行未能使用，如第 {first.row} 行：{first.reason.zh}",
                f"{count:,} rows of the case table could not be used, such as row {first.row}: {first.reason.en}",
            ),
        )
    for notice in (*result.notices, *result.input.notes):
        _print_line(console, notice)
    if out is not None:
        console.print(f"报告 report: {out / 'replay.html'}", soft_wrap=True)


def _print_line(console: Console, line: Words) -> None:
    console.print(Text(f"· {line.zh} {line.en}"))


def _outcomes(result: ReplayResult) -> Table:
    table = Table("结果 outcome", Column("案件 cases", justify="right"))
    for name, count in result.outcomes.items():
        words = OUTCOME_TITLES[Outcome(name)]
        table.add_row(f"{words.zh} {words.en}", f"{count:,}")
        if name == Outcome.NOT_COVERED:
            for gap, of_gap in result.gaps.items():
                table.add_row(f"  {GAP_WORDS[Gap(gap)].zh} {GAP_WORDS[Gap(gap)].en}", f"{of_gap:,}")
    return table


def _maturities(result: ReplayResult) -> Table:
    titles = (
        "成熟度 maturity",
        "损失前发现\nfound before loss",
        "提前（中位数、四分位）\nlead (median, quartiles)",
        "其他对象被指认/日/百万线\nothers accused a day per million lines",
        "其他人被提醒\nothers warned",
    )
    table = Table(*(Column(title, overflow="fold") for title in titles))
    for row in presenter.maturity_rows(result):
        table.add_row(f"{row.title.zh} {row.title.en}", row.found, _both(row.lead), row.accused, row.warned)
    return table


def _rules(result: ReplayResult) -> Table:
    titles = (
        "规则 rule",
        "发现\nfound",
        "正式\nlive",
        "仅此规则\nalone",
        "提前 lead",
        "其他，正式\nothers, live",
        "其他，非正式\nothers, not live",
    )
    table = Table(*(Column(title, overflow="fold") for title in titles))
    for row in presenter.rule_rows(result)[:MAX_RULES]:
        name = Text(f"{printable(row.rule, 40)}\n{printable(row.title.zh, 40)}")
        table.add_row(name, row.found, row.live, row.alone, _both(row.lead), row.others_live, row.others_rest)
    return table


def _both(words: Words) -> str:
    return words.zh if words.zh == words.en else f"{words.zh} {words.en}"
