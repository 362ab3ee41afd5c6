"""What Fanzha writes is read by DuckDB in a process of its own, with the query that the documents show."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.findings import finding

from fanzha.claims import Finding
from fanzha.claims.finding import FINDING_SCHEMA, to_table
from fanzha.events import all_events

pytestmark = pytest.mark.field

TOP = Path(__file__).resolve().parent.parent.parent
START_MS = 1_772_323_200_000

#: Only DuckDB: an operator's session knows nothing of Fanzha.
SESSION = "import duckdb, json, sys; print(json.dumps(duckdb.sql(sys.argv[1]).fetchall(), default=str))"


def ask(folder: Path, query: str) -> list[list[object]]:
    done = subprocess.run(
        [sys.executable, "-I", "-c", SESSION, query], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    rows: list[list[object]] = json.loads(done.stdout)
    return rows


def trunk(subject: str, score: float, number: int) -> Finding:
    return finding(
        subject=subject,
        score=score,
        found_at=START_MS + number,
        reasons_zh=("号码不可能从国际来", "共 3 次"),
        evidence='{"calls": 3}',
        event_ids=(f"event-{number}",),
    )


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder `out` with findings.parquet, as an analysis leaves it."""
    (tmp_path / "out").mkdir()
    rows = [trunk("IGW-FIC-07", 0.9, 1), trunk("IGW-FIC-07", 0.6, 2), trunk("IGW-FIC-02", 0.7, 3)]
    pq.write_table(to_table(rows), tmp_path / "out" / "findings.parquet", compression="zstd")
    return tmp_path


def test_the_query_of_the_decision_page_ranks_the_subjects(out: Path) -> None:
    (page,) = TOP.glob("docs/decisions/*-duckdb-in-the-base.md")
    (query,) = re.findall(r"^```sql\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    assert ask(out, query) == [["trunk", "IGW-FIC-07", 2, 0.9], ["trunk", "IGW-FIC-02", 1, 0.7]]


def test_every_column_of_a_finding_arrives_with_its_type(out: Path) -> None:
    described = {str(row[0]): row[1] for row in ask(out, "DESCRIBE SELECT * FROM 'out/findings.parquet'")}
    assert list(described) == FINDING_SCHEMA.names
    assert (described["score"], described["found_at"]) == ("DOUBLE", "BIGINT")
    assert described["reasons_zh"] == "VARCHAR[]"


def test_reasons_and_evidence_can_be_asked_into(out: Path) -> None:
    query = "SELECT reasons_zh[2], evidence->>'calls', event_ids[-1] FROM 'out/findings.parquet' WHERE score = 0.9"
    assert ask(out, query) == [["共 3 次", "3", "event-1"]]


@pytest.mark.parametrize("name", sorted(all_events()))
def test_an_event_table_keeps_names_types_and_units(tmp_path: Path, name: str) -> None:
    table = all_events()[name]
    columns: dict[str, Sequence[object]] = {
        "event_id": ["a", "b"],
        "occurred_at": [START_MS, START_MS + 1],
        "observed_at": [START_MS, START_MS + 1],
        "source": ["field", "field"],
        "simulated": [True, True],
    }
    columns |= {column.name: [_value(column.type)] * 2 for column in table.own if column.required}
    pq.write_table(pa.Table.from_batches([table.conform({**columns}, 2)]), tmp_path / "events.parquet")
    described = ask(tmp_path, "DESCRIBE SELECT * FROM 'events.parquet'")
    assert [row[0] for row in described] == [column.name for column in table.columns]
    moments = ask(tmp_path, "SELECT epoch_ms(occurred_at)::VARCHAR FROM 'events.parquet' ORDER BY occurred_at LIMIT 1")
    assert moments == [["2026-03-01 00:00:00"]]


def _value(type_: pa.DataType) -> object:
    return "x" if pa.types.is_string(type_) else False if pa.types.is_boolean(type_) else 0
