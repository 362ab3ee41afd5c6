"""Findings of several runs are read once each, with the month or week in which they were found."""

from pathlib import Path

import pytest
from tests.monthly_findings import site_finding, text_finding, write_findings

from fanzha.analyze.monitoring.findings_table import read_findings
from fanzha.base.errors import UsageError


def test_a_finding_in_two_files_counts_once_and_text_or_name_stand_in_one_column(tmp_path: Path) -> None:
    findings = [text_finding(1, "2026-10-01", "甲乙"), site_finding(2, "2026-10-02", "a.example", "b.example")]
    for name in ("one", "two"):
        write_findings(tmp_path / name / "findings.parquet", findings)
    table = read_findings([tmp_path])
    assert table["text"].to_pylist() == ["甲乙", "a.example"] and table["brand"].to_pylist() == ["", "b.example"]


def test_periods_are_those_of_china(tmp_path: Path) -> None:
    file = write_findings(tmp_path / "f.parquet", [text_finding(1, "2026-11-01", "甲")])
    assert read_findings([file])["period"].to_pylist() == ["2026-11"]
    assert read_findings([file], by="week")["period"].to_pylist() == ["2026-W44"]


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"no parquet")
    with pytest.raises(UsageError, match="cannot be read"):
        read_findings([tmp_path / "a.parquet"])
