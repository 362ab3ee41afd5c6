"""The findings of a run stand once each, the strongest first."""

from pathlib import Path

import pyarrow.parquet as pq
from tests.findings import finding

from fanzha.analyze.assemble import merge_findings
from fanzha.claims.finding import FINDING_SCHEMA, to_table


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
