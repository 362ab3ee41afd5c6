"""Labels are read from what people have: a CSV, a Parquet file, or the truth of a simulation."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.analyze.backtest.ground_truth import GROUND_TRUTH_SCHEMA, read_ground_truth
from fanzha.base.clock import moment_ms
from fanzha.base.errors import UsageError


def read(tmp_path: Path, text: str) -> list[dict[str, object]]:
    (tmp_path / "labels.csv").write_text(text, "utf-8-sig")
    table = read_ground_truth(tmp_path / "labels.csv")
    assert table.schema.equals(GROUND_TRUTH_SCHEMA)
    rows: list[dict[str, object]] = table.to_pylist()
    return rows


def test_two_columns_are_enough_and_numbers_may_be_written_anyhow(tmp_path: Path) -> None:
    rows = read(tmp_path, "subject,label\n170 0000 0001,1\n+8617000000002,0\nIGW-FIC-07,fraud\n")
    assert [(row["subject"], row["role"], row["kind"]) for row in rows] == [
        ("+8617000000001", "fraud", ""),
        ("+8617000000002", "innocent", ""),
        ("IGW-FIC-07", "fraud", ""),
    ]
    assert rows[0]["actor"] == rows[0]["subject"] and rows[0]["since"] is None


def test_periods_kinds_and_chinese_words_are_understood(tmp_path: Path) -> None:
    (row,) = read(
        tmp_path, "号码,标签,对象类型,开始时间,结束时间\n17000000001,诈骗,phone_number,2026-03-01,1772409600000\n"
    )
    assert (row["kind"], row["role"]) == ("phone_number", "fraud")
    assert (row["since"], row["until"]) == (moment_ms("2026-03-01"), 1_772_409_600_000)


def test_a_subject_of_another_kind_is_left_as_it_is(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "subject_kind,subject,label\nsim_card,17000000001,look_alike\n")
    assert row["subject"] == "17000000001"


def test_the_truth_of_a_simulation_is_found_in_its_folder(tmp_path: Path) -> None:
    truth = {
        "subject_kind": ["phone_number", "trunk"],
        "subject": ["+8617000000001", "IGW-FIC-07"],
        "actor": ["+8617000000001", "gang 1"],
        "role": ["ordinary", "fraud"],
        "scenario": ["everyday_life", "wangiri"],
        "level": [None, 2],
        "gang": ["", "1"],
        "from_ms": [1, 2],
        "until_ms": [3, 4],
    }
    (tmp_path / "truth").mkdir()
    pq.write_table(pa.table(truth), tmp_path / "truth" / "truth.parquet")
    rows = read_ground_truth(tmp_path).to_pylist()
    assert [(row["role"], row["scenario"], row["actor"], row["since"], row["until"]) for row in rows] == [
        ("innocent", "everyday_life", "+8617000000001", 1, 3),
        ("fraud", "wangiri", "gang 1", 2, 4),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("number\n1\n", "no column says the label"),
        ("label\n1\n", "no column says the subject"),
        ("subject,label\n1,maybe\n", "'maybe' is no label"),
        ("subject,label\n1,\n", "'' is no label"),
        ("subject,label,from\n1,1,soon\n", "not a moment"),
        ("subject,label\n1\n", "cannot be read"),
    ],
)
def test_what_is_not_understood_is_named(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read(tmp_path, text)


def test_a_folder_without_truth_and_a_broken_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no truth.parquet"):
        read_ground_truth(tmp_path)
    (tmp_path / "x.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(UsageError, match="cannot be read"):
        read_ground_truth(tmp_path / "x.parquet")
