"""The terminal shows counts and suspects, never a number in full, and nothing from outside can steer it."""

import io
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from tests.findings import finding

from fanzha.analyze.alarm_rate import AlarmExposure, alarm_rate
from fanzha.analyze.summary import SourceSummary, Summary
from fanzha.analyze.terminal import Progress, print_summary, printable
from fanzha.claims.finding import Mode, to_table

START_MS = 1_772_323_200_000


def printed(summary: Summary) -> str:
    text = io.StringIO()
    print_summary(Console(file=text, width=200), summary)
    return text.getvalue()


@pytest.fixture
def summary(tmp_path: Path) -> Summary:
    source = SourceSummary(path="/in/[bold]calls.csv", format="delimited-text", read=1_234, used=1_230, rejected=4)
    found = {"gateway-guard": 1}
    return Summary("1", START_MS, sources=[source], findings=1, suspects=1, by_detector=found, out=str(tmp_path))


def test_every_source_is_accounted_for_and_its_name_is_no_markup(summary: Summary) -> None:
    summary.findings = 0
    output = printed(summary)
    assert "[bold]calls.csv" in output
    assert "1,234" in output and "1,230" in output


def test_a_suspect_is_masked_and_its_reason_cannot_steer_the_terminal(summary: Summary, tmp_path: Path) -> None:
    said = ("红色\x1b[31m alarm \x07", "数值 = 631", "其余")
    suspect = finding(detector="gateway-guard", subject_kind="phone_number", subject="+8619900001234")
    rows = [msgspec.structs.replace(suspect, reasons_zh=said, reasons_en=said)]
    pq.write_table(to_table(rows), tmp_path / "findings.parquet")
    output = printed(summary)
    assert "19900001234" not in output
    assert "\x1b" not in output and "\x07" not in output
    assert "红色" in output and "数值 = 631" in output and "其余" not in output  # what was found, and its first number


def test_a_victim_is_marked_as_somebody_to_warn(summary: Summary, tmp_path: Path) -> None:
    summary.suspects, summary.to_warn = 0, 1
    victim = finding(detector="gateway-guard", fraud_type="victim_at_risk", subject_kind="phone_number")
    pq.write_table(to_table([victim]), tmp_path / "findings.parquet")
    output = printed(summary)
    assert "需提醒 to warn · " in output
    assert "0 个可疑对象 suspects · 1 人需提醒 people to warn" in output


def test_a_resumed_run_and_simulated_data_are_said(summary: Summary) -> None:
    summary.findings, summary.resumed, summary.simulated = 0, True, 3
    output = printed(summary)
    assert "resumed" in output
    assert "其中 3 条来自模拟数据" in output


def test_a_quiet_progress_prints_nothing() -> None:
    text = io.StringIO()
    with Progress(Console(file=text), quiet=True) as progress:
        progress.stage("读取 reading", 10)
        progress.advance(5)
    assert text.getvalue() == ""


def test_a_stage_of_bytes_is_counted_in_megabytes() -> None:
    text = io.StringIO()
    with Progress(Console(file=text, force_terminal=True)) as progress:
        progress.byte_stage("备份 backing up", 3_500_000)
        for _ in range(4):
            progress.advance_bytes(700_000)
    assert "2/3" in text.getvalue()


@given(st.text(), st.integers(1, 50))
def test_plain_text_is_printable_and_short(text: str, max_length: int) -> None:
    shown = printable(text, max_length)
    assert shown.isprintable()
    assert len(shown) <= max_length


def test_findings_stand_in_a_table_for_each_maturity_with_counts(summary: Summary, tmp_path: Path) -> None:
    rows = [
        finding(detector="gateway-guard", subject="A", mode=Mode.LIVE),
        finding(detector="gateway-guard", subject="B"),
        finding(detector="gateway-guard", subject="C", windows_full=False),
        finding(detector="gateway-guard", subject="D", subject_kind="call"),
    ]
    pq.write_table(to_table(rows), tmp_path / "findings.parquet")
    summary.findings, summary.by_maturity = 4, {"live": 1, "shadow": 54, "windows_not_full": 1, "claimed_only": 1}
    output = printed(summary)
    titles = ["正式 Strongest, live", "影子 Strongest, shadow", "窗口未满 Strongest, windows not full", "仅声称"]
    assert sorted(titles, key=output.index) == titles
    assert "不得据以处置" in output and "nothing may act on it" in output
    assert "正式 live 1 · 影子 shadow 54 · 窗口未满 windows not full 1 · 仅声称 claimed only 1" in output


def test_without_findings_of_a_maturity_there_is_no_table_of_it(summary: Summary, tmp_path: Path) -> None:
    pq.write_table(to_table([finding(detector="gateway-guard")]), tmp_path / "findings.parquet")
    output = printed(summary)
    assert "Strongest, shadow" in output and "Strongest, live" not in output


def test_alarms_are_stated_per_million_lines_a_day_with_an_interval(summary: Summary) -> None:
    summary.findings, summary.exposure = 0, AlarmExposure(500_000, 2.0, "proven")
    summary.by_maturity = {"live": 3}
    summary.alarms_by_maturity = {"live": alarm_rate(3, summary.exposure)}
    output = printed(summary)
    assert "每天每百万线告警 alarms per million lines a day: 正式 live 3 (0.62–8.8)" in output
    assert "500,000 lines proven to be the operator's own, 2.00 days of records" in output
