"""Rows are read as columns; a broken row has a reason and is counted, a broken file ends with one."""

import gzip
from collections import Counter
from pathlib import Path
from time import process_time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.base.clock import moment_ms
from fanzha.command.exposures.log_rows import ExposureLogBatch, TimeSpan, read_log
from fanzha.read import UnreadableSource

ZONE = "Asia/Shanghai"
SPAN = TimeSpan(moment_ms("2026-11-01T00:00:00+08:00"), moment_ms("2026-11-30T00:00:00+08:00"))
NUMBER = "+8617000000011"


def read(
    tmp_path: Path, content: str | bytes, name: str = "log.csv", *, are_texts: bool = False
) -> tuple[list[tuple[str, str, int]], int, Counter[str]]:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    rows, count, rejects = list[tuple[str, str, int]](), 0, Counter[str]()
    for batch in read_log(path, SPAN, ZONE, are_texts=are_texts):
        numbers, hosts = map(str, batch.numbers.to_pylist()), map(str, batch.hosts.to_pylist())
        rows += zip(numbers, hosts, batch.times.tolist(), strict=True)
        count, rejects = count + batch.read, rejects + batch.rejects
    return rows, count, rejects


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_by_its_headers_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    table = f"编号,用户号码,查询域名,查询时间,备注\n1,{NUMBER},fraud.example,2026-11-20 08:00:00,中文备注说明一些情况\n"
    rows, count, rejects = read(tmp_path, table.encode(encoding))
    assert rows == [(NUMBER, "fraud.example", moment_ms("2026-11-20T08:00:00+08:00"))]
    assert (count, rejects) == (1, Counter())


def test_tabs_json_lines_and_gzip_are_read(tmp_path: Path) -> None:
    expected = [(NUMBER, "fraud.example", moment_ms("2026-11-20T00:00:00Z"))]
    tabs = f"msisdn\tqname\ttime\n{NUMBER}\tfraud.example\t2026-11-20T00:00:00Z\n"
    assert read(tmp_path, tabs)[0] == expected
    assert read(tmp_path, gzip.compress(tabs.encode()), "log.tsv.gz")[0] == expected
    lines = f'{{"msisdn": "{NUMBER}", "qname": "fraud.example", "time": "2026-11-20T00:00:00Z"}}\n'
    assert read(tmp_path, lines, "log.jsonl")[0] == expected


@pytest.mark.parametrize("zone", [None, "UTC"], ids=["local times", "times with a zone"])
def test_parquet_is_read_by_its_columns(tmp_path: Path, zone: str | None) -> None:
    moment = moment_ms("2026-11-20T08:00:00Z")
    at = pa.array([moment, moment], pa.timestamp("ms", zone))
    table = pa.table(
        {
            "msisdn": [NUMBER, None],
            "qname": ["fraud.example", "fraud.example"],
            "time": at,
            "note": pa.array([["x"], []], pa.list_(pa.string())),
        }
    )
    pq.write_table(table, tmp_path / "table.parquet")
    rows, count, rejects = read(tmp_path, (tmp_path / "table.parquet").read_bytes(), "log.parquet")
    assert rows == [(NUMBER, "fraud.example", moment - (0 if zone else 8 * 3_600_000))]
    assert (count, rejects) == (2, Counter(number=1))
    with pytest.raises(UnreadableSource, match="cut off or broken"):
        read(tmp_path, (tmp_path / "table.parquet").read_bytes()[:-40], "log.parquet")


def test_addresses_are_read_where_there_is_no_number(tmp_path: Path) -> None:
    log = "client,qname,time\n192.0.2.1,fraud.example,2026-11-20T00:00:00Z\nx?,fraud.example,2026-11-20T00:00:00Z\n"
    rows, count, rejects = read(tmp_path, log)
    assert [row[0] for row in rows] == ["192.0.2.1"]
    assert (count, rejects) == (2, Counter(address=1))
    assert read(tmp_path, log.replace("client", "client,number").replace("192.0.2.1", f"192.0.2.1,{NUMBER}"))[0][0][0]


def test_each_broken_row_is_rejected_with_a_reason_and_counted(tmp_path: Path) -> None:
    good = f"{NUMBER},fraud.example,2026-11-20T00:00:00Z"
    bad = [
        f"{NUMBER},fraud.example",
        f"{NUMBER},fraud.example,2026-11-20T00:00:00Z,more",
        "nobody,fraud.example,2026-11-20T00:00:00Z",
        f"{NUMBER},,2026-11-20T00:00:00Z",
        f"{NUMBER},fraud.example,yesterday",
        f"{NUMBER},fraud.example,2026-10-01T00:00:00Z",
        f"{NUMBER},fraud.example,2027-01-01T00:00:00Z",
    ]
    rows, count, rejects = read(tmp_path, "\n".join(["number,host,time", good, *bad, good]))
    assert len(rows) == 2 and count == 9
    assert rejects == {"broken": 2, "number": 1, "host": 1, "time": 1, "early": 1, "late": 1}


def test_bytes_that_are_no_text_reject_their_row_alone(tmp_path: Path) -> None:
    table = f"number,host,time\n{NUMBER},fr\xff\xfeud.example,2026-11-20T00:00:00Z\n".encode("latin-1")
    table += f"{NUMBER},fraud.example,2026-11-20T00:00:00Z\n".encode() * 200
    rows, count, rejects = read(tmp_path, table)
    assert len(rows) == 200 and count == 201 and sum(rejects.values()) == 1


def test_a_broken_line_of_json_is_counted(tmp_path: Path) -> None:
    line = f'{{"number": {NUMBER[1:]}, "host": "fraud.example", "time": "2026-11-20T00:00:00Z"}}\n'
    rows, count, rejects = read(tmp_path, line + "{broken\n[1]\n" + line, "log.jsonl")
    assert len(rows) == 2 and count == 4 and rejects == {"broken": 2}


def test_a_text_gives_the_hosts_that_it_names(tmp_path: Path) -> None:
    table = (
        "接收号码,短信内容,接收时间\n"
        f'{NUMBER},"包裹异常，请点击http://fraud.example/a.html?b=1查看，或b.other.example。",2026-11-20 08:00:00\n'
        f"{NUMBER},no link here 3.5 yuan.,2026-11-20 08:00:00\n"
    )
    rows, count, rejects = read(tmp_path, table, are_texts=True)
    assert [host for _number, host, _at in rows] == ["fraud.example", "a.html", "b.other.example", "3.5"]
    assert count == 2 and not rejects


@pytest.mark.parametrize(
    ("columns", "are_texts"),
    [("number,time,content", False), ("number,time,host", True)],
    ids=["texts on a basis for names", "names on a basis for texts"],
)
def test_a_file_of_another_source_than_the_basis_is_not_read(tmp_path: Path, columns: str, are_texts: bool) -> None:
    with pytest.raises(UnreadableSource, match="not what the basis is for"):
        read(tmp_path, f"{columns}\n{NUMBER},2026-11-20T00:00:00Z,fraud.example\n", are_texts=are_texts)


def test_words_are_not_read_beside_hosts(tmp_path: Path) -> None:
    table = f"number,time,host,content\n{NUMBER},2026-11-20T00:00:00Z,fraud.example,see other.example\n"
    assert [row[1] for row in read(tmp_path, table)[0]] == ["fraud.example"]
    assert [row[1] for row in read(tmp_path, table, are_texts=True)[0]] == ["other.example"]


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2\n", b"\x00\x01\x02" * 2000, gzip.compress(b"number,host,time\n" * 500)[:60], b'{"number": 1}\n'],
    ids=["empty", "other columns", "binary", "cut gzip", "other fields"],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableSource) as raised:
        read(tmp_path, content)
    assert raised.value.words.zh and raised.value.words.en


def test_a_line_without_end_ends_the_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource):
        read(tmp_path, b"number,host,time\n" + b"a" * 20_000_000)


def test_a_million_rows_take_seconds(tmp_path: Path) -> None:
    rows = (f"{NUMBER},h{row % 5000}.example,2026-11-20T00:00:00Z\n" for row in range(300_000))
    path = tmp_path / "log.csv"
    path.write_text("number,host,time\n" + "".join(rows))
    began = process_time()
    batches: list[ExposureLogBatch] = list(read_log(path, SPAN, ZONE, are_texts=False))
    assert sum(batch.read for batch in batches) == 300_000
    assert process_time() - began < 5
