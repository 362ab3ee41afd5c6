"""Tables in pages are read as tables, end tags or not, entities undone, scripts and all else passed over."""

import io
from pathlib import Path

import pytest

from fanzha.read import FileHead, ReadContext, UnreadableSource, find_sources, read_source
from fanzha.read._stream import SourceStream
from fanzha.read.html_table import READER, read_table_rows

TERMS = ReadContext(observed_at=1_772_323_815_000)


def rows(page: str) -> list[tuple[int, list[str]]]:
    data = page.encode()
    return list(read_table_rows(SourceStream(io.BytesIO(data), io.BytesIO(data), None), ""))


@pytest.mark.parametrize(
    ("page", "cells"),
    [
        ("<table><tr><td>a</td><td>b</td></tr></table>", [(1, ["a", "b"])]),
        ("<TABLE><TR><TD>a<TD>b<TR><TD>c</TABLE>", [(1, ["a", "b"]), (2, ["c"])]),
        ("<table><tr><td>a &lt;b&gt; <b>c</b></td></tr></table>", [(1, ["a <b> c"])]),
        ("<script>'<tr><td>x'</script>y<table><tr><td> a </td></tr><tr></tr></table>z", [(1, ["a"])]),
        ("<td>no row</td>", []),
    ],
)
def test_cells_are_what_stands_in_them(page: str, cells: list[tuple[int, list[str]]]) -> None:
    assert rows(page) == cells


@pytest.mark.parametrize("page", ["<tr><td>cut", "<tr><td>a</td>", "<tr><td>a</td></tr><tr", "<tr><td>a</td></tr><tr>"])
def test_a_page_that_is_cut_off_says_in_which_row(page: str) -> None:
    with pytest.raises(UnreadableSource) as cut:
        rows(page)
    assert cut.value.row == 1 + page.count("</tr>")


def test_only_pages_with_a_table_are_recognised() -> None:
    table = b"<html><table><tr><td>1</td></tr></table>"
    for data, is_one in ((table, True), (b"<html><p>text</p>", False), (b"a<table><tr><td>", False), (b"<cdr>", False)):
        assert (READER.recognise(FileHead("a.xls", data, True)) > 0) is is_one


def test_rejects_carry_the_row_of_the_table(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text(
        "<table><tr><th>域名</th><th>备注</th></tr>"
        "<tr><td>a.example</td><td>x</td></tr><tr><td>no host</td><td>y</td></tr><tr><td>b.example</td></tr></table>"
    )
    (source,) = find_sources([path])
    whole = read_source(source, TERMS)
    assert (source.format, whole.used, [reject.row for reject in whole.rejects]) == ("html-table", 2, [3])
