"""`fanzha watch` with shipped detectors finds, hour by hour, row for row what `fanzha analyze` finds in the whole."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.analyze.test_pipeline import Silent, calls
from tests.analyze.watch import sequence

from fanzha.analyze.pipeline import Options, analyze
from fanzha.analyze.simulation_files import column_maps
from fanzha.analyze.watch import job
from fanzha.analyze.watch.detection import WatchCounts
from fanzha.analyze.watch.job import WatchOptions, watch
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.claims.finding import FINDING_SCHEMA
from fanzha.detect import Example
from fanzha.detect.rules.sample_facts import AT_HOME, outgoing_calls

DETECTORS = ("call-centre-burst", "gateway-guard", "sequential-dialling")
HOUR_MS = 3_600_000
START_MS = 1_772_323_200_000
CSV_MAP = """
table = "calls"
source = "switch"
[columns]
call_id = "话单号"
caller = "主叫号码"
callee = "被叫号码"
occurred_at = "开始时间"
trunk = "中继群号"
[columns.talk_ms]
from = "通话时长(秒)"
unit = "s"
[columns.ingress]
from = "入口"
values = { "国际关口局" = "international_gateway" }
"""


def hourly_tables() -> dict[int, dict[str, pa.Table]]:
    """Return three hours of calls by hour and table: bursts within an hour and over the ends of hours."""
    rows = (
        *outgoing_calls("+8617000000011", 20, every_s=110, talk_s=10, answered_every=3, **AT_HOME),
        *outgoing_calls("+8617000000012", 20, every_s=110, talk_s=10, answered_every=3, start_s=2_500, **AT_HOME),
        *outgoing_calls("+8617000000052", 20, every_s=30, step=1, start_s=7_000, release_cause=19, **AT_HOME),
    )
    batches = Example(Words("话", "calls"), "call_offered", rows).batches()
    hours: dict[int, dict[str, list[pa.RecordBatch]]] = {}
    for table, batch in batches:
        hour = (int(batch.column("occurred_at")[0].as_py()) - START_MS) // HOUR_MS
        hours.setdefault(hour, {}).setdefault(table, []).append(batch)
    return {
        hour: {table: pa.Table.from_batches(parts) for table, parts in tables.items()}
        for hour, tables in sorted(hours.items())
    }


def run(folder: Path, tmp_path: Path, **options: Any) -> None:
    """Run `fanzha watch --once` on a folder."""
    settings = WatchOptions(
        (str(folder),),
        out=str(tmp_path / "out.jsonl"),
        state=tmp_path / "state",
        detectors=DETECTORS,
        once=True,
        **options,
    )
    watch(settings, lambda text: None, threading.Event())


def written(tmp_path: Path) -> list[dict[str, Any]]:
    """Return the lines of the output with the columns of findings.parquet, by finding id."""
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    rows = [{name: line[name] for name in FINDING_SCHEMA.names} for line in lines]
    return sorted(rows, key=lambda row: str(row["finding_id"]))


def analyzed(folder: Path, tmp_path: Path) -> list[dict[str, Any]]:
    """Return the rows of findings.parquet of one analysis of the folder, by finding id."""
    analyze(Options((folder,), tmp_path / "analyzed", detectors=DETECTORS), Silent())
    rows = pq.read_table(tmp_path / "analyzed" / "findings.parquet").to_pylist()
    return sorted(rows, key=lambda row: str(row["finding_id"]))


def test_hour_by_hour_is_row_for_row_the_analysis_of_the_whole(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "fanzha-map.toml").write_text(column_maps())
    for hour, tables in hourly_tables().items():
        for table, events in tables.items():
            pq.write_table(events, folder / f"{table}-{hour}.parquet")
        run(folder, tmp_path, lateness_ms=HOUR_MS)
    run(folder, tmp_path, lateness_ms=HOUR_MS, finish=True)
    found = written(tmp_path)
    assert found == analyzed(folder, tmp_path) and len(found) >= 3


def test_a_growing_export_gives_what_its_analysis_gives(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "fanzha-map.toml").write_text(CSV_MAP)
    data = calls(120).encode("gb18030")
    for end in (1, 300, 2_001, 4_444, len(data)):
        (folder / "calls.csv").write_bytes(data[:end])
        run(folder, tmp_path)
    run(folder, tmp_path, finish=True)
    found = written(tmp_path)
    assert found == analyzed(folder, tmp_path) and found


def test_standard_input_is_read_as_it_comes_and_findings_are_printed(tmp_path: Path) -> None:
    map_file = tmp_path / "map.toml"
    map_file.write_text(CSV_MAP)
    command = [sys.executable, "-m", "fanzha", "watch", "-", "--map", str(map_file), "--finish"]
    done = subprocess.run(
        [*command, "--detector", "gateway-guard", "--state", str(tmp_path / "state")],
        input=calls(60).encode(),
        capture_output=True,
        env={**os.environ, "FANZHA_HOME": str(tmp_path / "home")},
        timeout=300,
        check=True,
    )
    (line,) = done.stdout.splitlines()
    finding = json.loads(line)
    assert (finding["type"], finding["detector"], finding["subject"]) == ("finding", "gateway-guard", "IGW-FIC-0")


def test_a_changed_map_is_used_at_once_and_the_state_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(job, "CHECK_SECONDS", 0.1)
    (tmp_path / "in").mkdir()
    map_file = tmp_path / "in" / "fanzha-map.toml"
    map_file.write_text(sequence.MAP)
    options = WatchOptions(
        (str(tmp_path / "in"),),
        out=tmp_path / "out.jsonl",
        state=tmp_path / "state",
        detectors=("gateway-guard",),
        lateness_ms=100,
    )
    said, stop, counts = list[str](), threading.Event(), list[WatchCounts]()
    thread = threading.Thread(target=lambda: counts.append(watch(options, said.append, stop)))
    thread.start()
    try:
        with (tmp_path / "in" / "calls.csv").open("a") as file:
            file.write(sequence.HEAD + "".join(sequence.row(number) for number in range(11)))
            file.flush()
            wait_until(lambda: any(tmp_path.glob("state/log/*.step")))
            map_file.write_text(sequence.MAP.replace("[columns]", "[columns]\ntrunk = 'callee'"))
            wait_until(lambda: any("in use now" in text for text in said))
            file.write(sequence.row(11))
            file.flush()
            wait_until(lambda: any(b"+861701000" in path.read_bytes() for path in tmp_path.glob("state/log/*.step")))
    finally:
        stop.set()
        thread.join()
    (count,) = counts
    assert (count.events, count.repeats, count.late) == ({"call_offered": 12}, 0, {})


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_findings_go_into_the_spool_of_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    (tmp_path / "calls.csv").write_text(calls(60))
    run(tmp_path / "calls.csv", tmp_path, finish=True, owner="example-carrier")
    (file,) = (tmp_path / "home" / "spool" / "findings" / "example-carrier").glob("*.jsonl")
    assert json.loads(file.read_text())["subject"] == "IGW-FIC-0"


def test_a_source_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not there"):
        run(tmp_path / "absent", tmp_path)


def test_a_map_that_is_gone_stays_in_use_when_rules_change(tmp_path: Path) -> None:
    map_file, copy = tmp_path / "map.toml", tmp_path / "copies" / "map.toml"
    map_file.write_text(sequence.MAP)
    options = WatchOptions((), detectors=("gateway-guard",), map_file=map_file)
    job.load_rules(options, copy)
    for text in (f"{sequence.MAP}[colu", ""):
        map_file.unlink() if not text else map_file.write_text(text)
        job.load_rules(options, copy)
        assert copy.read_text() == sequence.MAP
