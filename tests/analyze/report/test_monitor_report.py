"""The monitoring report has its charts and words, and neither text nor subject of a finding."""

from pathlib import Path

from tests.monthly_findings import write_quarter

from fanzha.analyze.monitoring.job import MonitorRequest, monitor
from fanzha.analyze.report.monitor_report import write_monitor_report


def test_the_report_holds_charts_words_and_no_number_of_a_text(tmp_path: Path) -> None:
    result = monitor(MonitorRequest([write_quarter(tmp_path)]))
    write_monitor_report(result, tmp_path / "monitor.html")
    page = (tmp_path / "monitor.html").read_text("utf-8")
    assert page.count("<svg") == len(result.scores) + len(result.alarms)
    assert "显著变化" in page and "rising" in page and "etc.example" in page
    assert "1700000" not in page and "msg:" not in page and "<script" not in page
