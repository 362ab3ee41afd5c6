"""The terminal shows a backtest's rules, comparisons and first hits, and nothing that steers it."""

import io

import msgspec
from rich.console import Console
from tests.analyze.backtest.test_result import version_result
from tests.analyze.report.test_backtest_report import HIT

from fanzha.analyze.backtest.result import BLOCKED_TRAFFIC_NOTICE, BacktestResult, HourlyHits, VersionComparison
from fanzha.analyze.summary import Summary
from fanzha.cli._backtest_output import MAX_HITS, print_backtest


def printed(result: BacktestResult) -> str:
    console = Console(file=io.StringIO(), width=160)
    print_backtest(console, result, None)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def result(**changes: object) -> BacktestResult:
    compared = [VersionComparison("burst", "burst A", "burst B", {"fraud": 4}, {"look_alike": 1}, {})]
    hits = [msgspec.structs.replace(HIT, **changes)] * (MAX_HITS + 3)
    return BacktestResult(
        Summary(version="1", started_at=0),
        [version_result(HourlyHits(0, 7, 3))],
        compared,
        hits,
        [BLOCKED_TRAFFIC_NOTICE],
    )


def test_rules_comparison_hits_and_notice_are_shown() -> None:
    text = printed(result())
    assert "busiest hour" in text and "only burst A" in text and "innocent look-alike" in text
    assert text.count("+86 17•• ••0 0001") == MAX_HITS and "left no history" in text


def test_each_hit_says_whether_its_windows_were_full() -> None:
    assert printed(result()).count("已满 full") == MAX_HITS
    assert printed(result(windows_full=False)).count("未满 not full") == MAX_HITS


def test_what_comes_from_outside_cannot_steer_the_terminal() -> None:
    text = printed(result(subject="\x1b[2J[red]x[/red]", why_en="\x1b[31m"))
    assert "\x1b" not in text and "[red]x[/red]" in text
