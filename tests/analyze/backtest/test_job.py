"""A backtest end to end: real files in, and out come hits, an account, a report; nothing is kept that was not asked."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.analyze.backtest.history import rule

from fanzha.analyze.backtest.job import BacktestRequest, as_json, backtest
from fanzha.base.errors import UsageError
from fanzha.claims.budget import Budget

HEAD = "话单号,主叫号码,已证实主叫,被叫号码,开始时间,通话时长(秒),入口,中继群号"


class Silent:
    """Watches without a word."""

    def stage(self, words: str, total: int | None) -> None:
        """Nothing is shown."""

    def advance(self, steps: int = 1) -> None:
        """Nothing is shown."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "lists").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A carrier's export: five mobiles call 12, 14, 16, 18 and 20 strangers in one hour."""
    rows = [
        f"ZJ{n}{m:02},1700000000{n},1700000000{n},1900000{n}{m:03},20260301{8:02}{m:02}00,9,移动,TG-0{n % 2}"
        for n in range(5)
        for m in range(12 + 2 * n)
    ]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "calls.csv").write_bytes("\n".join([HEAD, *rows, ""]).encode("gb18030"))
    return tmp_path / "in"


def question(history: Path, *limits: int, **more: object) -> BacktestRequest:
    rules = tuple((f"{limit}.rule", rule(limit)) for limit in limits)
    return BacktestRequest(rules=rules, paths=(history,), out=history.parent / "out", **more)  # type: ignore[arg-type]


def test_files_become_hits_an_account_and_a_report(history: Path) -> None:
    result = backtest(question(history, 10), Silent())
    out = history.parent / "out"
    assert sorted(path.name for path in out.iterdir()) == [
        ".run-key",
        "backtest.json",
        "hits.parquet",
        "rejects.jsonl",
        "report.html",
    ]
    assert (result.versions[0].hits, result.input.used, result.input.rejects) == (5, 80, 0)
    hits = pq.read_table(out / "hits.parquet").to_pylist()
    assert {hit["subject"] for hit in hits} == {f"+861700000000{n}" for n in range(5)}
    assert {hit["trunk"] for hit in hits} == {"TG-00", "TG-01"} and all(hit["acts"] for hit in hits)
    report = json.loads((out / "backtest.json").read_bytes())
    assert report["versions"][0]["hits"] == 5 and "left no history" in report["notices"][0][1]
    assert "•" in report["shown"][0]["subject"] and as_json(result) == (out / "backtest.json").read_bytes()


def test_versions_are_compared_and_judged_by_labels(history: Path) -> None:
    labels = history.parent / "labels.csv"
    labels.write_text("subject,label\n17000000000,0\n17000000003,1\n17000000004,1\n", "utf-8")
    result = backtest(question(history, 10, 17, labels=labels), Silent())
    assert result.comparisons[0].only_a == {"innocent": 1, "unlabelled": 2}
    assert result.comparisons[0].both == {"fraud": 2}
    figures = [version.judged for version in result.versions]
    assert [(one.precision.value, one.recall.value) for one in figures if one] == [(2 / 3, 1.0), (1.0, 1.0)]


def test_the_settings_budget_holds_unless_another_is_asked_for(history: Path, home: Path) -> None:
    (home / "fanzha.toml").write_text("[budget.burst]\nsubjects_an_hour = 2\nshare_of_trunk = 0.5\n")
    assert backtest(question(history, 10), Silent()).versions[0].budget == Budget(2, 0.5)
    base_request = backtest(question(history, 10, subjects_an_hour=4), Silent()).versions[0]
    assert (base_request.budget, base_request.acted, base_request.report_only) == (Budget(4, 0.5), 4, 1)


def test_the_operators_lists_and_spared_numbers_hold(history: Path, home: Path) -> None:
    (home / "lists" / "friends.txt").write_text("# kind: phone_number\n17000000000\n")
    spared = "number,origin_kind,origin,owner,proof\n17000000001,trunk,TG-01,a made-up hospital,contract 7\n"
    (home / "lists" / "spared.csv").write_text(spared)
    base_request = question(history, 10)
    text = base_request.rules[0][1].replace(b"then", b"except caller in friends then")
    result = backtest(
        BacktestRequest(rules=(("a.rule", text),), paths=base_request.paths, out=base_request.out), Silent()
    )
    assert (result.versions[0].hits, result.versions[0].acted) == (4, 3)
    assert any("a made-up hospital" in hit.why_en for hit in result.shown)


def test_interrupted_it_goes_on_with_what_was_read(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("fanzha.analyze.backtest.job.replay", stop)
        with pytest.raises(KeyboardInterrupt):
            backtest(question(history, 10), Silent())
    result = backtest(question(history, 10), Silent())
    assert result.input.resumed and result.versions[0].hits == 5
    assert not (history.parent / "out" / ".work").exists()


def test_unmasked_subjects_are_shown_only_when_asked_for(history: Path) -> None:
    backtest(question(history, 10), Silent())
    report = history.parent / "out" / "report.html"
    assert "17000000004" not in report.read_text("utf-8")
    backtest(question(history, 10, unmask=True), Silent())
    assert "+8617000000004" in report.read_text("utf-8")


def test_labels_that_cannot_be_read_stop_it_before_anything_is_read(history: Path) -> None:
    labels = history.parent / "labels.csv"
    labels.write_text("who\nx\n", "utf-8")
    with pytest.raises(UsageError, match="no column says"):
        backtest(question(history, 10, labels=labels), Silent())
    assert not (history.parent / "out").exists()
