"""A sheet comes back from a spreadsheet: order, encoding and words of marks may differ, nothing may be missing."""

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from fanzha.analyze.review.sheets import copy_rows, read_marks, write_sheet
from fanzha.base.errors import UsageError

ITEMS, MARKS = ["ma", "mb"], ["fraud", "innocent"]


def write(path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path.write_bytes("\n".join(["item,content,mark,comment", *rows]).encode(encoding))
    return path


def test_a_sheet_is_private_escapes_formulas_and_has_an_order_by_seed(tmp_path: Path) -> None:
    shown = pa.table({"content": [f"=cmd{number}" for number in range(30)]})
    items = [f"m{number}" for number in range(30)]
    for seed in (1, 2):
        write_sheet(tmp_path / f"{seed}.csv", items, shown, seed)
    texts = [(tmp_path / f"{seed}.csv").read_text("utf-8-sig") for seed in (1, 2)]
    first, second = (list(csv.reader(text.splitlines())) for text in texts)
    assert first[0] == ["item", "content", "mark", "comment"] and first != second and sorted(first) == sorted(second)
    assert all(row[1].startswith("'=cmd") for row in first[1:]) and (tmp_path / "1.csv").stat().st_mode & 0o77 == 0


def test_marks_are_read_in_both_languages_and_encodings(tmp_path: Path) -> None:
    sheet = write(tmp_path / "a.csv", "mb,乙,正常,", "ma,甲, Fraud ,好", encoding="gb18030")
    assert read_marks(sheet, MARKS, ITEMS) == {"ma": "fraud", "mb": "innocent"}
    assert read_marks(write(tmp_path / "b.csv", "mb,乙,？,", "ma,甲,no,"), MARKS, ITEMS)["mb"] == "unclear"
    assert read_marks(write(tmp_path / "c.csv", "ma,甲,match,"), ["match", "other"], ["ma"]) == {"ma": "match"}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["ma,甲,fraud,"], "1 items are missing, such as mb"),
        (["ma,甲,,", "mb,乙,fraud,"], "row 2: the mark is empty"),
        (["ma,甲,maybe,", "mb,乙,fraud,"], "row 2: the mark 'maybe' is unknown"),
        (["mz,甲,fraud,"], "row 2: item 'mz'"),
        ([], "has no columns item and mark"),
    ],
)
def test_what_is_wrong_in_a_sheet_is_named_by_row(tmp_path: Path, rows: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_marks(write(tmp_path / "a.csv", *rows), MARKS, ITEMS)


def test_a_copy_for_another_marker_has_neither_marks_nor_comments(tmp_path: Path) -> None:
    sheet = write(tmp_path / "a.csv", "ma,甲,fraud,sure", "mb,乙,fraud,sure")
    copy_rows(sheet, tmp_path / "b.csv", {"mb"})
    assert (tmp_path / "b.csv").read_text("utf-8-sig").splitlines() == ["item,content,mark,comment", "mb,乙,,"]
