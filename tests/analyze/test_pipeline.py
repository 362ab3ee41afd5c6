"""The main job end to end: real files in, explained findings out, and the same again after a kill at any moment."""

import json
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.findings import finding

from fanzha.analyze.pipeline import Options, analyze, merge_findings
from fanzha.base.errors import NothingUsable, RejectsFound, UsageError
from fanzha.claims.finding import FINDING_SCHEMA, to_table

HEAD = "话单号,主叫号码,被叫号码,开始时间,通话时长(秒),入口,中继群号"


class Silent:
    """Watches without a word."""

    def stage(self, words: str, total: int | None) -> None:
        """Nothing is shown."""

    def advance(self, steps: int = 1) -> None:
        """Nothing is shown."""


def calls(count: int = 60) -> str:
    """A carrier's export: every third call brings a bank's number over an international trunk."""
    rows = [
        f"ZJ{n:05},{'95588' if n % 3 == 0 else '+44 20 7946 0' + format(n, '03')},1990000{n:04},"
        f"20260301{n // 60:02}{n % 60:02}00,{n % 50},国际关口局,IGW-FIC-{n % 3}"
        for n in range(count)
    ]
    return "\n".join([HEAD, *rows]) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inputs = tmp_path / "in"
    inputs.mkdir()
    (inputs / "calls.csv").write_bytes(calls().encode("gb18030"))
    (inputs / "domains.txt").write_text("icbc-verify.example\nexample.org\n", "utf-8")
    return inputs


def test_a_folder_becomes_findings_rejects_and_a_report(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = analyze(Options((folder,), out), Silent())
    assert sorted(path.name for path in out.iterdir()) == [
        ".run-key",
        "findings.parquet",
        "rejects.jsonl",
        "report.html",
    ]
    findings = pq.read_table(out / "findings.parquet")
    assert findings.schema.equals(FINDING_SCHEMA)
    assert findings.num_rows == summary.findings > 0
    assert {"call_offered", "call_ended", "site_seen"} <= set(summary.events)
    assert sum(source.read for source in summary.sources) == 62
    assert summary.used == 62 and summary.rejects == 0


def test_a_claimed_caller_is_never_the_subject(folder: Path, tmp_path: Path) -> None:
    analyze(Options((folder,), tmp_path / "out", detectors=("gateway-guard",)), Silent())
    kinds = set(pq.read_table(tmp_path / "out" / "findings.parquet").column("subject_kind").to_pylist())
    assert kinds == {"trunk"}


def test_the_same_input_twice_gives_the_same_findings(folder: Path, tmp_path: Path) -> None:
    results = []
    for name in ("one", "two"):
        analyze(Options((folder / "calls.csv",), tmp_path / name), Silent())
        results.append(pq.read_table(tmp_path / name / "findings.parquet"))
    assert results[0].num_rows > 0
    assert results[0].equals(results[1])


def test_a_file_given_twice_counts_its_events_once(folder: Path, tmp_path: Path) -> None:
    (folder / "again.csv").write_bytes((folder / "calls.csv").read_bytes())
    once = analyze(Options((folder / "calls.csv",), tmp_path / "once"), Silent())
    twice = analyze(Options((folder / "calls.csv", folder / "again.csv"), tmp_path / "twice"), Silent())
    assert twice.events == once.events
    assert twice.repeats == sum(once.events.values())
    assert twice.findings == once.findings


def test_an_operators_own_brand_is_protected_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hosts.txt").write_text("zorblaxbank-login.example\nordinary-words.example\n", "utf-8")
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    without = analyze(Options((tmp_path / "hosts.txt",), tmp_path / "a", detectors=("lookalike-website",)), Silent())
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "brands.toml").write_text("[[brand]]\ndomain = 'zorblaxbank.com'\n", "utf-8")
    protected = analyze(Options((tmp_path / "hosts.txt",), tmp_path / "b", detectors=("lookalike-website",)), Silent())
    assert "brand_imitation" not in without.by_fraud_type
    assert protected.by_fraud_type == {"brand_imitation": 1}


CLAIMED = f"{HEAD}\nZJ1,19400001234,19900000001,20260301080000,3,国际关口局,IGW-FIC-1\n"


class Stopped(Exception):
    """Stands for the run being interrupted before anything was detected."""


class StopsAtDetection(Silent):
    def stage(self, words: str, total: int | None) -> None:
        if "detecting" in words:
            raise Stopped


def reason_of(out: Path) -> str:
    (evidence,) = pq.read_table(out / "findings.parquet").column("evidence").to_pylist()
    return str(json.loads(str(evidence))["reason"])


def test_an_operators_own_ranges_decide_what_is_impossible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "calls.csv").write_text(CLAIMED, "utf-8")
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    options = Options((tmp_path / "calls.csv",), tmp_path / "out", detectors=("gateway-guard",))
    analyze(options, Silent())
    assert reason_of(tmp_path / "out") == "impossible_from_abroad"
    (tmp_path / "home" / "tables").mkdir(parents=True)
    (tmp_path / "home" / "tables" / "allocation.csv").write_text("号段,运营商\n194,电信\n", "utf-8")
    analyze(options, Silent())
    assert reason_of(tmp_path / "out") == "mobile_unproven"


def test_a_run_with_another_table_does_not_go_on_with_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "calls.csv").write_text(CLAIMED, "utf-8")
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    table = tmp_path / "home" / "tables" / "allocation.csv"
    table.parent.mkdir(parents=True)
    for name, second, resumed in (("same", "194", True), ("other", "195", False)):
        options = Options((tmp_path / "calls.csv",), tmp_path / name, detectors=("gateway-guard",))
        table.write_text("号段,运营商\n194,电信\n", "utf-8")
        with pytest.raises(Stopped):
            analyze(options, StopsAtDetection())
        table.write_text(f"号段,运营商\n{second},电信\n", "utf-8")
        assert analyze(options, Silent()).resumed == resumed
        assert reason_of(tmp_path / name) == ("mobile_unproven" if resumed else "impossible_from_abroad")


def test_since_and_until_cut_by_the_events_own_time(folder: Path, tmp_path: Path) -> None:
    since, until = 1_772_294_400_000, 1_772_294_700_000  # 2026-03-01 00:00-00:05, China time
    summary = analyze(Options((folder / "calls.csv",), tmp_path / "out", since=since, until=until), Silent())
    assert summary.events["call_offered"] == 5
    assert summary.sources[0].outside > 0


def test_an_unknown_detector_is_named_with_those_there_are(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"(?s)no detector is called 'nobody'.*gateway-guard"):
        analyze(Options((folder,), tmp_path / "out", detectors=("nobody",)), Silent())


def test_bad_rows_are_rejected_with_the_reason_and_strict_says_so(folder: Path, tmp_path: Path) -> None:
    bad = calls(3) + "ZJ9,+44 20 7946 0999,19900000001,昨天,3,国际关口局,IGW-FIC-1\n"
    (folder / "calls.csv").write_bytes(bad.encode("gb18030"))
    summary = analyze(Options((folder / "calls.csv",), tmp_path / "out"), Silent())
    (reject,) = [json.loads(line) for line in (tmp_path / "out" / "rejects.jsonl").read_text("utf-8").splitlines()]
    assert (reject["row"], reject["column"]) == (5, "开始时间")
    summary.check(strict=False)
    with pytest.raises(RejectsFound):
        summary.check(strict=True)


def test_nothing_usable_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a,b\n1,2\n")
    summary = analyze(Options((tmp_path / "in.csv",), tmp_path / "out"), Silent())
    with pytest.raises(NothingUsable, match="fanzha read"):
        summary.check(strict=False)


def test_killed_at_any_moment_and_started_again_the_result_is_the_same(tmp_path: Path) -> None:
    source = tmp_path / "calls.csv"
    source.write_bytes(calls(30_000).replace("20260301", "20260302").encode("gb18030"))
    command = [sys.executable, "-m", "fanzha", "analyze", str(source), "--json", "--detector", "gateway-guard", "--out"]
    began = time.monotonic()
    subprocess.run([*command, str(tmp_path / "whole")], check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - began
    for share in (0.5, 0.7, 0.9):
        cut = subprocess.Popen([*command, str(tmp_path / "cut")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(share * seconds)
        cut.send_signal(signal.SIGKILL)
        cut.wait()
    subprocess.run([*command, str(tmp_path / "cut")], check=True, stdout=subprocess.DEVNULL)
    whole, again = (pq.read_table(tmp_path / name / "findings.parquet") for name in ("whole", "cut"))
    assert whole.num_rows > 0
    assert whole.equals(again)


FAULTS = """
import resource
import numpy as np
from fanzha.analyze.pipeline import tune_allocator
kept = tune_allocator()
for turn in range(3):
    arrays = [np.ones(1 << 20) for _ in range(8)]
    del arrays
    if turn == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
print(int(kept), resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def test_arrays_made_again_cause_no_page_faults() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    completed = subprocess.run(
        [sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True, env=environment
    )
    is_tuned, faults = map(int, completed.stdout.split())
    assert is_tuned == (platform.libc_ver()[0] == "glibc")
    assert not is_tuned or faults < 1000  # 16 arrays of 2,048 pages each


def test_a_finding_in_two_parts_stands_once_and_the_strongest_first(tmp_path: Path) -> None:
    weaker, stronger = finding(subject="t1", score=0.4), finding(subject="t2", score=0.9)
    for name, rows in {"a": [weaker], "b": [weaker, stronger]}.items():
        pq.write_table(to_table(rows), tmp_path / name)
    assert merge_findings([tmp_path / "a", tmp_path / "b"], tmp_path / "out") == 2
    table = pq.read_table(tmp_path / "out")
    assert table.column("subject").to_pylist() == ["t2", "t1"]
    assert table.schema.equals(FINDING_SCHEMA)


def test_no_parts_give_an_empty_table_with_the_schema(tmp_path: Path) -> None:
    assert merge_findings([], tmp_path / "out") == 0
    assert pq.read_table(tmp_path / "out").schema.equals(FINDING_SCHEMA)
