"""The findings of a run stand once each, the strongest first."""

from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from fanzha.analyze.assemble import assemble
from fanzha.claims import Finding
from fanzha.claims.finding import FINDING_SCHEMA, to_table

FINDING = Finding(
    detector="d",
    version="1",
    subject_kind="trunk",
    subject="t1",
    fraud_type="other",
    score=0.4,
    found_at=1,
    valid_until=2,
    reasons_zh=("一",),
    reasons_en=("one",),
    public_zh="无",
    public_en="none",
    evidence="{}",
    event_ids=("a",),
    basis="",
)


def test_a_finding_in_two_parts_stands_once_and_the_strongest_first(tmp_path: Path) -> None:
    stronger = msgspec.structs.replace(FINDING, subject="t2", score=0.9)
    for name, rows in {"a": [FINDING], "b": [FINDING, stronger]}.items():
        pq.write_table(to_table(rows), tmp_path / name)
    assert assemble([tmp_path / "a", tmp_path / "b"], tmp_path / "out") == 2
    table = pq.read_table(tmp_path / "out")
    assert table.column("subject").to_pylist() == ["t2", "t1"]
    assert table.schema.equals(FINDING_SCHEMA)


def test_no_parts_give_an_empty_table_with_the_schema(tmp_path: Path) -> None:
    assert assemble([], tmp_path / "out") == 0
    assert pq.read_table(tmp_path / "out").schema.equals(FINDING_SCHEMA)
