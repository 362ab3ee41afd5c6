"""JSON in every shape is read by the names of its values, nested ones with dots."""

import json
from pathlib import Path

import pytest

from fanzha.read import FileHead, ReadContext, ReadResult, find_sources, read_source
from fanzha.read.json_lines import READER

TERMS = ReadContext(observed_at=1_772_323_815_000, basis="x")
ROWS = [
    {
        "sender": "19100000001",
        "to": {"number": "19900000001"},
        "sent_at": "2026-03-01T08:30:15+08:00",
        "text": "您好，快递到了",
    },
    {"sender": 19100000002, "to": {"number": 19900000001}, "sent_at": 1_772_323_816, "text": "恭喜您中奖了"},
]
MAP = (
    'table = "message"\n[columns]\nsender = "sender"\nrecipient = "to.number"\noccurred_at = "sent_at"\ntext = "text"\n'
)


def told(path: Path, text: str, toml: str = MAP) -> ReadResult:
    path.write_text(text, "utf-8")
    path.with_name(path.name + ".toml").write_text(toml)
    (source,) = find_sources([path])
    assert source.format == "json"
    return read_source(source, TERMS)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(json.dumps(row) for row in ROWS),
        json.dumps(ROWS, ensure_ascii=False),
        json.dumps(ROWS, indent=2),
        "\n".join(json.dumps(row, indent=1) for row in ROWS),
        json.dumps({"code": 0, "rows": ROWS}, indent=1),
        "\ufeff" + "\n\n".join(json.dumps(row) for row in ROWS) + "\n",
    ],
    ids=["lines", "list", "pretty list", "one after the other", "answer", "byte order mark"],
)
def test_every_shape_tells_the_same(text: str, tmp_path: Path) -> None:
    rows = told(tmp_path / "a.json", text).rows("message")
    assert [(row["sender"], row["recipient"], row["occurred_at"]) for row in rows] == [
        ("19100000001", "+8619900000001", 1_772_325_015_000), ("19100000002", "+8619900000001", 1_772_323_816_000),
    ]  # fmt: skip


def test_lines_that_are_no_objects_are_rejects_with_their_line(tmp_path: Path) -> None:
    lines = [json.dumps(ROWS[0]), "", "{broken", "17", json.dumps(ROWS[1])]
    whole = told(tmp_path / "a.jsonl", "\n".join(lines))
    assert (whole.used, [reject.row for reject in whole.rejects]) == (2, [3, 4])


def test_texts_of_signs_alone_are_read_by_their_header(tmp_path: Path) -> None:
    path = tmp_path / "signs.jsonl"
    lines = [{"text": text, "sent_at": "2026-03-01T08:00:00+08:00"} for text in ("!!!@@@### $$$", "???!!! ~~~ <3")]
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    (source,) = find_sources([path])
    assert read_source(source, TERMS).tables["message"].column("text").to_pylist() == [line["text"] for line in lines]


def test_only_text_that_holds_an_object_is_recognised() -> None:
    for data, is_one in ((b'{"a": 1}', True), (b"[1, 2]", False), (b"{not json", False), (b"a,b", False)):
        assert (READER.recognise(FileHead("a.json", data, True)) > 0) is is_one
