"""A sheet comes back from a spreadsheet: order, encoding and words of marks may differ, nothing may be missing."""

import csv

import pyarrow as pa
import pytest

from fanzha.base.errors import UsageError
from fanzha.learn.review_sheets import copy_rows, parse_marks, render_sheet

ITEMS, MARKS = ["ma", "mb"], ["fraud", "innocent"]


def sheet(*rows: str, encoding: str = "utf-8") -> bytes:
    return "\n".join(["item,content,mark,comment", *rows]).encode(encoding)


def test_a_sheet_escapes_formulas_and_has_an_order_by_seed() -> None:
    shown = pa.table({"content": [f"=cmd{number}" for number in range(30)]})
    items = [f"m{number}" for number in range(30)]
    texts = [render_sheet(items, shown, seed).decode("utf-8-sig") for seed in (1, 2)]
    first, second = (list(csv.reader(text.splitlines())) for text in texts)
    assert first[0] == ["item", "content", "mark", "comment"] and first != second and sorted(first) == sorted(second)
    assert all(row[1].startswith("'=cmd") for row in first[1:])


def test_marks_made_so_far_stand_in_the_sheet_and_a_partial_one_is_read_back() -> None:
    data = render_sheet(ITEMS, pa.table({"content": ["甲", "乙"]}), 1, {"ma": "fraud"})
    assert parse_marks(data, MARKS, ITEMS, "a.csv", is_partial=True) == {"ma": "fraud"}


def test_marks_are_read_in_both_languages_and_encodings() -> None:
    data = sheet("mb,乙,正常,", "ma,甲, Fraud ,好", encoding="gb18030")
    assert parse_marks(data, MARKS, ITEMS, "a.csv") == {"ma": "fraud", "mb": "innocent"}
    assert parse_marks(sheet("mb,乙,？,", "ma,甲,no,"), MARKS, ITEMS, "b.csv")["mb"] == "unclear"
    assert parse_marks(sheet("ma,甲,match,"), ["match", "other"], ["ma"], "c.csv") == {"ma": "match"}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["ma,甲,fraud,"], "1 items are missing, such as mb"),
        (["ma,甲,,", "mb,乙,fraud,"], "row 2: the mark is empty"),
        (["ma,甲,maybe,", "mb,乙,fraud,"], "row 2: the mark 'maybe' is unknown"),
        (["mz,甲,fraud,"], "row 2: item 'mz'"),
        ([], "has no columns item and mark 没有"),
    ],
)
def test_what_is_wrong_in_a_sheet_is_named_by_row(rows: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_marks(sheet(*rows), MARKS, ITEMS, "a.csv")


def test_a_copy_for_another_marker_has_neither_marks_nor_comments() -> None:
    copy = copy_rows(sheet("ma,甲,fraud,sure", "mb,乙,fraud,sure"), {"mb"})
    assert copy.decode("utf-8-sig").splitlines() == ["item,content,mark,comment", "mb,乙,,"]
