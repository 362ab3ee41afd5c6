"""`analyze` gives the findings of the command line, from files, frames and event tables alike."""

from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.api.test_reading import CALLS
from tests.findings import finding

from fanzha.api import NothingUsable, UsageError, analyze, list_detectors, load_findings, read, to_findings
from fanzha.claims.finding import FINDING_SCHEMA, to_table

GUARD = ("gateway-guard",)
EXPORT = CALLS.append_column("入口", pa.array(["国际关口局"] * CALLS.num_rows))


def same(first: pa.Table, second: pa.Table) -> bool:
    """Whether two tables of findings say the same of the same subjects."""
    columns = ["detector", "subject_kind", "subject", "score", "found_at", "reasons_zh"]
    return bool(first.num_rows) and bool(first.select(columns).equals(second.select(columns)))


def test_a_file_a_frame_and_event_tables_give_the_same_findings(tmp_path: Path) -> None:
    pq.write_table(EXPORT, tmp_path / "calls.parquet")
    from_file = analyze(tmp_path / "calls.parquet", detectors=GUARD)
    from_frame = analyze(EXPORT, detectors=GUARD)
    from_events = analyze(read(EXPORT), detectors=GUARD)
    assert same(from_file.findings, from_frame.findings)
    assert same(from_file.findings, from_events.findings)
    assert from_events.summary.events == from_file.summary.events


def test_event_tables_keep_their_ids_and_can_be_filtered_before() -> None:
    events = read(EXPORT)
    offered = events.tables["call_offered"]
    result = analyze({"call_offered": offered.slice(0, 1)}, detectors=GUARD)
    assert result.summary.events == {"call_offered": 1}
    (row,) = to_findings(result.findings)
    assert set(row.event_ids) <= set(offered.column("event_id").to_pylist())


def test_a_number_in_another_form_than_events_have_is_rejected_with_the_way_out() -> None:
    offered = read(EXPORT).tables["call_offered"]
    column = offered.schema.get_field_index("callee")
    written = pa.array(["19900000001", "+8619900000002"])
    result = analyze({"call_offered": offered.set_column(column, offered.field("callee"), written)}, detectors=GUARD)
    (reject,) = result.rejects
    assert (reject.row, reject.column) == (1, "callee")
    assert "fanzha.api.read" in reject.reason


def test_a_named_folder_gets_the_files_of_the_command_line(tmp_path: Path) -> None:
    result = analyze(EXPORT, out=tmp_path / "out", detectors=GUARD)
    assert result.out == tmp_path / "out"
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == [".run-key", "findings.parquet", "rejects.jsonl", "report.html"]
    assert load_findings(tmp_path / "out").equals(result.findings)
    with pytest.raises(UsageError, match="the results of another run"):
        analyze(EXPORT, out=tmp_path / "out", detectors=GUARD)
    analyze(EXPORT, out=tmp_path / "out", detectors=GUARD, force=True)


def test_since_and_until_are_texts_or_datetimes() -> None:
    cut = analyze(EXPORT, detectors=GUARD, since="2026-03-01T08:00:30+08:00").summary
    assert (cut.events["call_offered"], cut.sources[0].outside) == (1, 3)


def test_alarms_are_counted_by_the_lines_that_are_given() -> None:
    summary = analyze(EXPORT, detectors=GUARD, lines=50_000).summary
    assert summary.exposure is not None and (summary.exposure.lines, summary.exposure.source) == (50_000, "given")


def test_nothing_usable_is_an_error() -> None:
    with pytest.raises(NothingUsable):
        analyze(pa.table({"x": [1, 2]}))


def test_an_unknown_detector_is_named_with_those_there_are() -> None:
    assert "gateway-guard" in list_detectors()
    with pytest.raises(UsageError, match="no detector is called 'gateway'"):
        analyze(EXPORT, detectors=("gateway",))


def test_progress_is_told_to_a_listener() -> None:
    stages: list[str] = []

    class Listener:
        def stage(self, words: str, total: int | None) -> None:
            stages.append(words)

        def advance(self, steps: int = 1) -> None:
            assert steps >= 0

    analyze(EXPORT, detectors=GUARD, progress=Listener())
    assert stages == ["读取 reading", "排序 ordering", "分析 detecting"]


def test_findings_of_a_file_are_loaded_and_become_objects(tmp_path: Path) -> None:
    written = [
        finding(subject_kind="trunk", subject="IGW-FIC-1"),
        finding(subject_kind="phone_number", subject="+8617000000011"),
    ]
    pq.write_table(to_table(written), tmp_path / "findings.parquet", write_page_checksum=True)
    loaded = to_findings(load_findings(tmp_path / "findings.parquet"))
    assert loaded == [msgspec.structs.replace(one, declared_role=one.role) for one in written]
    with pytest.raises(UsageError, match="findings cannot be read"):
        load_findings(tmp_path / "other.parquet")


def test_a_column_that_an_earlier_version_lacks_is_null(tmp_path: Path) -> None:
    older = to_table([finding(subject_kind="trunk", subject="IGW-FIC-1")]).drop_columns(["maturity"])
    pq.write_table(older, tmp_path / "findings.parquet")
    table = load_findings(tmp_path)
    assert table.column_names == FINDING_SCHEMA.names
    assert table.column("maturity").to_pylist() == [None]
