"""The terminal shows a backtest's rules, comparisons and first hits, and nothing that steers it."""

import io

import msgspec
from rich.console import Console
from tests.analyze.backtest.test_result import account
from tests.analyze.report.test_backtest import HIT

from fanzha.analyze.backtest.result import BLOCKED, Backtest, Comparison, Hour
from fanzha.analyze.summary import Summary
from fanzha.cli._backtested import MOST_HITS, print_backtest


def printed(result: Backtest) -> str:
    console = Console(file=io.StringIO(), width=160)
    print_backtest(console, result, None)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def result(**changes: object) -> Backtest:
    compared = [Comparison("burst", "burst A", "burst B", {"fraud": 4}, {"look_alike": 1}, {})]
    shown = [msgspec.structs.replace(HIT, **changes)] * (MOST_HITS + 3)
    return Backtest(Summary(version="1", started_at=0), [account(Hour(0, 7, 3))], compared, shown, [BLOCKED])


def test_rules_comparison_hits_and_notice_are_shown() -> None:
    text = printed(result())
    assert "busiest hour" in text and "only burst A" in text and "innocent look-alike" in text
    assert text.count("+86 17•• ••0 0001") == MOST_HITS and "left no history" in text


def test_what_comes_from_outside_cannot_steer_the_terminal() -> None:
    text = printed(result(subject="\x1b[2J[red]x[/red]", why_en="\x1b[31m"))
    assert "\x1b" not in text and "[red]x[/red]" in text
