"""Files are read with their own names, whatever their format, and what is missing is named."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.analyze.labelled_files import (
    LabelledFile,
    first_turns,
    opening_text,
    parse_labelled_file,
    read_rows,
    read_table,
)
from fanzha.base.errors import UsageError

ANY = LabelledFile(Path())


def csv(folder: Path, text: str, name: str = "rows.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_names_behind_the_file_are_its_own(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,b\n1,2\n")
    one = parse_labelled_file(
        f"{path}:text=内容,label=类别,positive=诈骗|钓鱼, 仿冒,where=语言~中文|粤语,where=年~2025,"
        "group=host,first_turns=2,opening=160",
        ANY,
    )
    assert one == LabelledFile(
        path,
        text="内容",
        label="类别",
        positive=("诈骗", "钓鱼, 仿冒"),
        where=(("语言", ("中文", "粤语")), ("年", ("2025",))),
        group="host",
        first_turns=2,
        opening=160,
    )


def test_names_of_the_command_hold_where_a_file_says_nothing(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,b\n1,2\n")
    one = parse_labelled_file(f"{path}:label=b", LabelledFile(Path(), text="a", label="x", positive=("1",)))
    assert (one.text, one.label, one.positive) == ("a", "b", ("1",))


def test_a_label_value_may_hold_a_colon(tmp_path: Path) -> None:
    path = csv(tmp_path, "text,label\n好,FR:Bank\n")
    assert parse_labelled_file(f"{path}:positive=FR:Bank", ANY).positive == ("FR:Bank",)


@pytest.mark.parametrize("words", ["nowhere.csv", "nowhere.csv:label=a", "rows.csv:colour=red"])
def test_a_file_that_is_not_there_is_named(words: str) -> None:
    with pytest.raises(UsageError, match="no such file"):
        parse_labelled_file(words, ANY)


def test_a_count_of_turns_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="first_turns=two"):
        parse_labelled_file(f"{csv(tmp_path, 'a')}:first_turns=two", ANY)
    with pytest.raises(UsageError, match="opening=0"):
        parse_labelled_file(f"{csv(tmp_path, 'a')}:opening=0", ANY)


def test_of_conversations_only_the_opening_is_read_where_asked(tmp_path: Path) -> None:
    path = csv(tmp_path, 'text,label\n"L:您好，我是客服\nR:哪位",1\n')
    assert read_rows(parse_labelled_file(f"{path}:opening=4", ANY), ("text",)).table["text"].to_pylist() == ["您好，我"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_of_any_encoding_and_cells_with_line_ends(tmp_path: Path, encoding: str) -> None:
    path = csv(tmp_path, '短信内容,label\n"您好\n请点击",1\n明天见,0\n', encoding=encoding)
    rows = read_rows(parse_labelled_file(str(path), ANY), ("text", "短信内容"))
    assert rows.table["text"].to_pylist() == ["您好\n请点击", "明天见"]
    assert rows.labels == ("1", "0")


def test_parquet_json_lines_and_tabs(tmp_path: Path) -> None:
    table = pa.table({"text": ["a", "b"], "label": [1, 0]})
    pq.write_table(table, tmp_path / "rows.parquet")
    csv(tmp_path, '{"text": "a", "label": 1}\n{"text": "b", "label": 0}\n', "rows.jsonl")
    csv(tmp_path, "text\tlabel\na\t1\nb\t0\n", "rows.tsv")
    for name in ("rows.parquet", "rows.jsonl", "rows.tsv"):
        assert read_table(tmp_path / name).to_pylist() == table.to_pylist()


@pytest.mark.parametrize(("name", "data"), [("a.parquet", b"no"), ("a.csv", b"a,b\n1\n"), ("a.jsonl", b"{")])
def test_a_broken_file_is_said_to_be_so(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match="cannot be read"):
        read_table(tmp_path / name)


def test_rows_are_kept_by_value_and_cut_to_their_first_turns(tmp_path: Path) -> None:
    path = csv(tmp_path, 'text,label,language\n"L:a\nR:b",1,zh\n"L:c\nR:d",0,en\n"L:e\nR:f",1,yue\n')
    rows = read_rows(parse_labelled_file(f"{path}:where=language~zh|yue,first_turns=1", ANY), ("text",))
    assert rows.table["text"].to_pylist() == ["L:a", "L:e"] and rows.labels == ("1", "1")


def test_whole_floats_and_truth_values_are_labels(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a", "b", "c"], "label": [1.0, 0.0, None]}), tmp_path / "f.parquet")
    pq.write_table(pa.table({"text": ["a", "b"], "label": [True, False]}), tmp_path / "t.parquet")
    assert read_rows(parse_labelled_file(str(tmp_path / "f.parquet"), ANY), ("text",)).labels == ("1", "0", None)
    assert read_rows(parse_labelled_file(str(tmp_path / "t.parquet"), ANY), ("text",)).labels == ("true", "false")


def test_every_row_may_have_one_label(tmp_path: Path) -> None:
    path = csv(tmp_path, "text,kind\na,x\nb,y\n")
    assert read_rows(parse_labelled_file(f"{path}:positive=*", ANY), ("text",)).labels == ("1", "1")
    assert read_rows(parse_labelled_file(f"{path}:label=0", ANY), ("text",)).labels == ("0", "0")


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    path = csv(tmp_path, "content2,label\na,1\n")
    with pytest.raises(UsageError, match="no column 'text'; it has: content2, label"):
        read_rows(parse_labelled_file(str(path), ANY), ("text",))
    with pytest.raises(UsageError, match="no column 'fraud'"):
        read_rows(parse_labelled_file(f"{path}:text=content2,label=fraud", ANY), ("text",))


def test_text_of_another_column_takes_the_place_of_text(tmp_path: Path) -> None:
    path = csv(tmp_path, "text,generated_text,label\na,b,1\n")
    rows = read_rows(parse_labelled_file(f"{path}:text=generated_text", ANY), ("text",))
    assert rows.table["text"].to_pylist() == ["b"]


def test_rows_whose_labels_mean_something_else_are_left_out_by_their_text(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("text,label\n兼职刷 单,0\n您的快递已到,0\n", "utf-8")
    rows = read_rows(replace(ANY, path=path, label="label", without=r"刷\s*单"), ("text",))
    assert rows.table["text"].to_pylist() == ["您的快递已到"] and rows.labels == ("0",)


@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [
        ("left: 喂，你好\r\nright: 你好，我是客服\r\nleft: 什么事", 2, "left: 喂，你好\nright: 你好，我是客服"),
        ("L:您好\nR:哪位\nL:我是银行的", 1, "L:您好"),
        ("客服：您好\n请稍等\n用户：好的", 1, "客服：您好\n请稍等"),
        ("没有说话人的一段话\n第二行", 1, "没有说话人的一段话\n第二行"),
        ("开场白\nL:您好\nR:哪位", 2, "开场白\nL:您好"),
        ("", 3, ""),
        ("L:您好", 9, "L:您好"),
    ],
)
def test_first_turns(text: str, count: int, expected: str) -> None:
    assert first_turns(text, count) == expected


def test_a_time_or_an_address_in_a_line_starts_no_turn() -> None:
    assert first_turns("L:几点\n10:30 见\nhttps://example.invalid/a\nR:好", 1).count("\n") == 1 + 1


def test_an_opening_is_what_is_said_first_without_who_says_it() -> None:
    assert opening_text("left: 喂，你好\r\nright: 我是客服\r\nleft: 什么事", 8) == "喂，你好\n我是客"
    assert opening_text("L:您好\nR:哪位", 100) == "您好\n哪位"
    assert opening_text("", 5) == ""


def test_label_values_become_their_classes_and_others_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("text,label\na,loan_card\nb,normal\nc,police_gov\n", "utf-8")
    classes = (("loan_card", "fake_loan"), ("police_gov", "fake_authority"))
    rows = read_rows(replace(ANY, path=path, label="label", classes=classes), ("text",))
    assert rows.labels == ("fake_loan", None, "fake_authority")
