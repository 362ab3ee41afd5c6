"""`fanzha screen shadow-report` prints what a screen would have done as a table, JSON and CSV."""

import csv
import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fanzha.base.errors import NothingUsable, UsageError
from fanzha.cli import fanzha
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decider import Decider
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.event_log import EventLog, LogWriter
from fanzha.screen.roaming import RoamingLookup
from fanzha.screen.screener import Screener
from fanzha.screen.settings import ScreenSettings, TrunkSettings


def run(*words: object) -> Result:
    return CliRunner().invoke(fanzha, ["screen", "shadow-report", *map(str, words)])


@pytest.fixture
def log_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder whose log has calls that a screen in shadow has judged."""
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    folder = tmp_path / "screen" / "log"
    log = EventLog(LogWriter(folder, waiting=1_000, days=1))
    lookup = RoamingLookup(None, wait_ms=30, keep_ms=60_000, remembered=10)
    settings = ScreenSettings(trunks={"=IGW": TrunkSettings(ingress="international_gateway")})
    screener = Screener(settings, Decider(EmergencyCalls()), lookup, log, bytes(32))
    at = time.time_ns() // 1_000_000
    for number, caller in enumerate(["95588", "95588", "+8617000000101", "+442079460958"]):
        screener.call(CallAttempt(at, f"c-{number}", caller, "+8617000000900", "=IGW"))
    log.append(at, "fact", ("call_ended", {"call_id": "c-0", "answered": True, "talk_ms": 120_000}))
    log.close(at)
    return folder


def test_the_table_tells_each_trunk_in_both_languages(log_folder: Path) -> None:
    output = run().output
    assert "4 次呼叫 calls" in output and "=IGW" in output
    assert "2 (50.00%)" in output  # would refuse
    assert "1 (100.00%)" in output  # of the home numbers abroad nobody proves
    assert "主要主叫 top callers: 95588 × 2" in output
    assert "可能误伤 maybe innocent" in output


def test_json_and_csv_hold_the_same_figures(log_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    report = json.loads(run("--json", "--csv", path, "--since", "2020-01-01").stdout)
    (trunk,) = report["trunks"]
    assert (report["calls"], trunk["trunk"], trunk["unproven_share"]) == (4, "=IGW", 1.0)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["trunk"] for row in rows} == {"'=IGW"}  # no formula for a spreadsheet
    refused = [row for row in rows if row["figure"] == "treatment" and row["meant"] == "refuse"]
    assert [(row["name"], row["calls"], row["share"]) for row in refused] == [("allow", "2", "0.5")]
    assert "17000000101" not in path.read_text("utf-8") + json.dumps(report)


def test_a_period_or_trunk_without_calls_is_told(log_folder: Path) -> None:
    assert isinstance(run("--trunk", "MSC-1").exception, NothingUsable)
    assert isinstance(run("--until", "2020-01-01").exception, NothingUsable)
    assert isinstance(run("--since", "yesterday").exception, UsageError)
