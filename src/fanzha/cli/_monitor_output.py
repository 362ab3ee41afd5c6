"""Print a monitoring result in a terminal: scores, new words and alarms of the last period."""

from pathlib import Path

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from fanzha.analyze.monitoring import presenter
from fanzha.analyze.monitoring.result import MonitorResult
from fanzha.analyze.report.titles import detector_words
from fanzha.analyze.terminal import printable
from fanzha.base.words import Words


def print_monitor(console: Console, result: MonitorResult, out: Path | None) -> None:
    """Print the result; `out` is the report, None if none was written."""
    headline = presenter.headline(result)
    console.print(Text(f"{headline.zh}\n{headline.en}"))
    console.print(_scores(result))
    if any(row.words for row in result.words):
        console.print(_words(result))
    console.print(_alarms(result))
    for notice in result.notices:
        console.print(Text(f"· {_both(notice)}"))
    if out is not None:
        console.print(f"报告 report: {out}", soft_wrap=True)


def _scores(result: MonitorResult) -> Table:
    table = Table("检测器 detector", "时段 period", "线索 findings", "评分中位数 median score", "PSI")
    for row in result.scores:
        last, name = row.periods[-1], detector_words(row.detector)
        shift = presenter.format_shift(last)
        table.add_row(_both(name), last.period, f"{last.findings:,}", f"{last.quartiles[1]:.2f}", _both(shift))
    return table


def _words(result: MonitorResult) -> Table:
    table = Table("检测器 detector", Column("新词（本期/此前文本数） new words (texts now/before)", overflow="fold"))
    for row in result.words:
        words = ", ".join(f"{printable(word.word, 40)} {word.texts:,}/{word.earlier_texts:,}" for word in row.words)
        table.add_row(_both(detector_words(row.detector)), Text(words or "–"))
    return table


def _alarms(result: MonitorResult) -> Table:
    rate = _both(presenter.rate_title(result))
    table = Table("检测器 detector", "类型 type", "告警 alarms", rate, "与此前之比 by before", "")
    for row in presenter.alarm_rows(result):
        rising = "上升 rising" if row.rising else ""
        table.add_row(_both(row.detector), Text(_both(row.family)), f"{row.alarms:,}", row.rate, row.ratio, rising)
    return table


def _both(words: Words) -> str:
    return words.zh if words.zh == words.en else f"{words.zh} {words.en}"
