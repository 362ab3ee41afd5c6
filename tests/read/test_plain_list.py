"""Lists with a value on every line: hosts, links, numbers or texts, with or without a title and comments."""

from pathlib import Path

import pytest

from fanzha.read import ReadContext, ReadResult, find_sources, read_source

TERMS = ReadContext(observed_at=1_772_323_815_000, basis="x")


def told(path: Path, text: str) -> ReadResult:
    path.write_bytes(text.encode("gb18030"))
    (source,) = find_sources([path])
    assert source.format == "plain-list"
    return read_source(source, TERMS)


@pytest.mark.parametrize(
    ("text", "table", "column", "values"),
    [
        ("# list\na.example\n\n||b.example^\n! note\n", "site_seen", "host", ["a.example", "b.example"]),
        ("域名：a.example\n网址：b.example\n", "site_seen", "host", ["a.example", "b.example"]),
        ("域名\na.example\nb.example\n", "site_seen", "host", ["a.example", "b.example"]),
        ("19100000001\n+86 191 0000 0002\n", "public_report", "target", ["19100000001", "+86 191 0000 0002"]),
        ("#话题# 今天天气不错\n您好，您的快递到了\n", "message", "text", ["#话题# 今天天气不错", "您好，您的快递到了"]),
        ("短信内容\n您好，您的快递到了\n", "message", "text", ["您好，您的快递到了"]),
    ],
)
def test_lines_are_what_they_look_like(text: str, table: str, column: str, values: list[str], tmp_path: Path) -> None:
    rows = told(tmp_path / "list.txt", text).rows(table)
    assert [row[column] for row in rows] == values
    assert {row["occurred_at"] for row in rows} == {TERMS.observed_at}


def test_a_line_that_does_not_fit_is_a_reject_with_its_number(tmp_path: Path) -> None:
    whole = told(tmp_path / "hosts.txt", "# list\na.example\n\nnot a host\nb.example\n")
    assert (whole.used, [reject.row for reject in whole.rejects]) == (2, [4])
    assert any("no time in source" in note.en for note in whole.notes)


def test_only_comments_is_an_empty_list(tmp_path: Path) -> None:
    whole = told(tmp_path / "hosts.txt", "# nothing\n# here\n")
    assert whole.used == 0 and whole.rejects
