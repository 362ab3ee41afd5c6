"""The terminal shows a result without new words, and notices."""

from io import StringIO

from rich.console import Console

from fanzha.analyze.monitoring.result import DetectorScores, MonitorResult, PeriodScores
from fanzha.base.words import Words
from fanzha.cli._monitor_output import print_monitor


def test_a_result_of_one_period_is_shown_with_its_notice() -> None:
    scores = [DetectorScores("wangiri", [PeriodScores("2026-10", 3, [0.1, 0.5, 0.9], [0] * 10)])]
    result = MonitorResult(
        "0", "month", ["2026-10"], "2026-10", 3, 0, "day", scores, [], [], [Words("只有一个", "one period")]
    )
    out = StringIO()
    print_monitor(Console(file=out, width=120), result, None)
    assert "2026-10" in out.getvalue() and "one period" in out.getvalue() and "新词" not in out.getvalue()[60:]
