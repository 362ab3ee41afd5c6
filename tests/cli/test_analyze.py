"""`fanzha analyze`: files in, three files and an account out, and an exit code that scripts can trust."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fanzha.base.errors import NothingUsable, RejectsFound, UsageError
from fanzha.cli import fanzha

SITES = "icbc-verify.example\nexample.org\n"


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    path = tmp_path / "sites.txt"
    path.write_text(SITES, "utf-8")
    return path


def analyze(*arguments: str | Path) -> Result:
    return CliRunner().invoke(fanzha, ["analyze", *map(str, arguments)])


def test_the_account_is_printed_as_json_and_the_three_files_are_left(sites: Path, tmp_path: Path) -> None:
    result = analyze(sites, "--out", tmp_path / "out", "--json")
    summary = json.loads(result.stdout)
    assert (summary["events"], summary["rejects"]) == ({"site_seen": 2}, 0)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        ".run-key",
        "findings.parquet",
        "rejects.jsonl",
        "report.html",
    ]


def test_people_read_the_counts_and_where_the_report_is(sites: Path, tmp_path: Path) -> None:
    output = analyze(sites, "--out", tmp_path / "out").stdout
    assert "可疑对象 suspects" in output
    assert f"报告 report: {tmp_path / 'out' / 'report.html'}" in output


def test_the_results_of_another_run_are_replaced_only_by_force(sites: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert analyze(sites, "--out", out, "--detector", "lookalike-website").exception is None
    assert analyze(sites, "--out", out, "--detector", "lookalike-website").exception is None, "the same run again"
    report = (out / "report.html").read_bytes()
    refused = analyze(sites, "--out", out, "--detector", "lookalike-website", "--since", "2026-01-01").exception
    assert isinstance(refused, UsageError) and "holds the results of another run" in str(refused)
    assert (out / "report.html").read_bytes() == report
    assert (
        analyze(sites, "--out", out, "--detector", "lookalike-website", "--until", "2099-01-01", "--force").exception
        is None
    )


def test_a_moment_that_is_none_is_a_usage_error(sites: Path, tmp_path: Path) -> None:
    error = analyze(sites, "--out", tmp_path / "out", "--since", "yesterday").exception
    assert isinstance(error, UsageError) and "write 2026-03-01" in str(error)


def test_content_without_a_legal_basis_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "texts.csv").write_text("短信内容\n请点击链接领取\n您的快递已到\n", "utf-8")
    refused = analyze(tmp_path / "texts.csv", "--out", tmp_path / "refused")
    assert isinstance(refused.exception, NothingUsable)
    assert analyze(tmp_path / "texts.csv", "--out", tmp_path / "out", "--basis", "试验授权").exception is None


def test_rejected_rows_end_the_run_only_when_it_is_strict(tmp_path: Path) -> None:
    (tmp_path / "sites.csv").write_text("域名,时间\nexample.org,2026-03-01 08:00:00\nexample.net,no time\n", "utf-8")
    assert analyze(tmp_path / "sites.csv", "--out", tmp_path / "lax").exception is None
    strict = analyze(tmp_path / "sites.csv", "--out", tmp_path / "strict", "--strict").exception
    assert isinstance(strict, RejectsFound)
    (line,) = (tmp_path / "strict" / "rejects.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["row"] == 3
