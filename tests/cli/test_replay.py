"""`fanzha replay` says which cases were found before the loss, for people and for machines, and leaves its files."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fanzha.cli import fanzha

CASES = """案件编号,受害人号码,涉案号码,首笔转账时间,诈骗类型,损失金额
A-1,17000000001,zorblaxbank-login.example,2026-03-05 12:00,冒充银行,1000
A-2,17000000002,zorblaxbank-pay.example,2026-03-01 12:00,冒充银行,500
@A-3,17000000003,,2026-03-03 12:00,刷单,300
A-4,17000000004,,不详,刷单,
"""
SITES = """域名,发现时间
zorblaxbank-login.example,2026-03-02 09:00:00
zorblaxbank-pay.example,2026-03-02 10:00:00
zorblaxbank-other.example,2026-03-04 10:00:00
ordinary-words.example,2026-03-06 10:00:00
garden-tools.example,2026-03-01 09:00:00
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "brands.toml").write_text("[[brand]]\ndomain = 'zorblaxbank.com'\n", "utf-8")
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    (tmp_path / "cases.csv").write_bytes(CASES.encode("gb18030"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "sites.csv").write_text(SITES, "utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    arguments = ["replay", str(folder / "cases.csv"), str(folder / "in"), "--detector", "lookalike-website", *words]
    return CliRunner().invoke(fanzha, arguments)


def test_machines_get_outcomes_shares_rates_and_files(folder: Path) -> None:
    out = folder / "out"
    done = run(folder, "--json", "--out", str(out), "--lines", "1000000")
    assert done.exit_code == 0, done.output + str(done.exception)
    result = json.loads(done.stdout)
    assert (result["cases"], result["covered"], len(result["rejected"])) == (3, 1, 1)
    assert result["outcomes"]["found"] == 1 and result["gaps"] == {"no_traffic": 2}
    assert result["together"]["found"]["part"] == 1 and result["together"]["lead"]["median_hours"] == 75
    assert (result["amount"], result["amount_found"]) == (1000, 1000)
    assert sum(rate["alarms"] for rate in result["accused"].values()) == 1
    names = {path.name for path in out.iterdir()}
    assert {"replay.html", "replay.json", "cases.csv", "rules.csv", "others.parquet", "findings.parquet"} <= names
    with (out / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["case"] for row in rows] == ["A-1", "A-2", "'@A-3"] and rows[0]["outcome"] == "found"
    page = (out / "replay.html").read_text("utf-8")
    assert "案件回放报告" in page and "<svg" in page and "A-1" in page and "17000000001" not in page


def test_people_get_the_headline_in_both_languages(folder: Path) -> None:
    output = run(folder).stdout
    assert "记录覆盖的 1 起案件中，1 起" in output
    assert "Of the 1 cases within the records, 1" in output
    assert "案件表有 1 行未能使用" in output


def test_a_span_that_is_none_is_a_usage_error(folder: Path) -> None:
    assert "not a span of time" in str(run(folder, "--within", "soon").exception)


def test_the_results_of_another_run_are_replaced_only_by_force(folder: Path) -> None:
    out = ("--out", str(folder / "out"))
    assert run(folder, *out).exception is None
    report = (folder / "out" / "replay.html").read_bytes()
    other = (*out, "--since", "2026-03-02")
    assert "holds the results of another run" in str(run(folder, *other).exception)
    assert (folder / "out" / "replay.html").read_bytes() == report
    assert run(folder, *other, "--force").exception is None
