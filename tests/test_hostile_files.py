"""Garbage in every reader gives rejects or a clear reason: never an exception, a hang, or a memory full of nothing."""

import contextlib
import gzip
import io
import json
import os
import random
import re
import resource
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import settings
from tests.workbooks import MAIN, PACKAGE, RELATIONS, cell, compound_file, inline_rows, xls, xlsx

from fanzha.read import ReadContext, ReadResult, find_sources, read_batches, read_source

TERMS = ReadContext(observed_at=1_772_323_815_000, basis="the user's own report")
#: `make fuzz` takes 20 times as many, others each time.
FUZZ = settings().max_examples >= 2_000
CASES = int(os.environ.get("FANZHA_FUZZ_CASES", "8000" if FUZZ else "400"))
SEED = os.environ.get("FANZHA_FUZZ_SEED", str(random.random()) if FUZZ else "")
MEMORY = 1024**3

CALLS = [
    ("19100000001", "19900000001", "2026-03-01 08:30:15", 35, "国际关口局"),
    ("+44 7700 900001", "19900000002", "2026-03-01 08:30:16", 0, "国际关口局"),
    ("95588", "19900000003", "2026-03-01 08:30:17", 12, "网间关口局"),
] * 4
HEAD = ("主叫号码", "被叫号码", "开始时间", "通话时长(秒)", "入口")
CSV = "\n".join([",".join(HEAD), *(",".join(map(str, row)) for row in CALLS)]) + "\n"
UUID = "a5c9f6c0-e752-11e3-8bfb-65b6c3cdac7d"
FREESWITCH = {
    "uuid": UUID, "caller_id_number": "19100000001", "destination_number": "19900000001", "start_epoch": "1772325015",
    "answer_epoch": "1772325025", "end_epoch": "1772325085", "billsec": "60", "hangup_cause": "NORMAL_CLEARING",
}  # fmt: skip
ACC = (
    "Mar  1 08:30:15 sbc kamailio[1]: NOTICE: acc [acc.c:281]: acc_log_request(): ACC: transaction answered: "
    "timestamp=1772325015;method={0};from_tag=a;to_tag=b;call_id=x@h;code=200;reason=OK;src_user=1;dst_user=2\n"
)


def parquet() -> bytes:
    file = io.BytesIO()
    columns = list(zip(*CALLS, strict=True))
    pq.write_table(pa.table({name: list(column) for name, column in zip(HEAD, columns, strict=True)}), file)
    return file.getvalue()


def zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("calls.csv", data)
    return file.getvalue()


#: A small valid file of every format, by name.
VALID: dict[str, bytes] = {
    "calls.csv": CSV.encode(),
    "calls.gb.csv": CSV.encode("gb18030"),
    "calls.tsv": CSV.replace(",", "\t").encode("utf-16"),
    "texts.csv": '时间,短信内容\n2026-03-01 08:00:00,"多行\n内容, 有逗号"\n2026-03-01 08:00:01,您好您好\n'.encode(),
    "calls.jsonl": "\n".join(json.dumps(dict(zip(HEAD, row, strict=True))) for row in CALLS).encode(),
    "calls.json": json.dumps({"data": [dict(zip(HEAD, row, strict=True)) for row in CALLS]}, indent=1).encode(),
    "calls.parquet": parquet(),
    "calls.xlsx": xlsx({"a": inline_rows([HEAD, *CALLS])}),
    "calls-binary.xls": xls([HEAD, *CALLS]),
    "calls.csv.gz": gzip.compress(CSV.encode()),
    "calls.zip": zipped(CSV.encode()),
    "calls.xls": (
        "<table><tr>" + "".join(f"<th>{name}" for name in HEAD)
        + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) for row in CALLS) + "</table>"
    ).encode("gb18030"),
    "report.txt": CSV.replace(",", "   ").encode(),
    "hosts.txt": b"# list\na.example\nhttps://b.example/x\n0.0.0.0 c.example\n",
    "texts.txt": "您好，您的快递到了请查收\n恭喜您中奖了，请点击链接\n".encode(),
    "Master.csv": (
        b'"","19100000001","19900000002","in","<1>","PJSIP/igw-0000001a","PJSIP/b-0000001b","Dial","b","2026-03-01 '
        b'08:30:15","2026-03-01 08:30:25","2026-03-01 08:31:25",70,60,"ANSWERED","DOCUMENTATION","1772325015.10",""\n'
    ) * 3,
    "cel.csv": "".join(
        f'"{event}","1772325015.{n}","","19100000001","","","19900000002","s","in","PJSIP/igw-0000001a","","","3","",'
        f'"1772325015.10","1772325015.10","","","","{{""hangupcause"":16}}"\n'
        for n, event in enumerate(["CHAN_START", "ANSWER", "HANGUP", "CHAN_END", "LINKEDID_END"])
    ).encode(),
    "freeswitch.csv": (
        f'"a","19100000001","19900000008","public","2026-03-01 16:59:50","2026-03-01 17:00:00","2026-03-01 17:01:00",'
        f'"70","60","NORMAL_CLEARING","{UUID}","","","PCMU","PCMU"\n'
    ).encode() * 3,
    "leg.cdr.json": json.dumps({"core-uuid": UUID, "variables": FREESWITCH, "callflow": []}).encode(),
    "leg.cdr.xml": (
        "<?xml version='1.0'?><cdr><channel_data><direction>inbound</direction></channel_data><variables>"
        + "".join(f"<{name}>{value}</{name}>" for name, value in FREESWITCH.items())
        + "</variables></cdr>"
    ).encode(),
    "acc.csv": (
        b"id,method,from_tag,to_tag,callid,sip_code,sip_reason,time,src_user,dst_user\n"
        b"1,INVITE,a,b,x@h,200,OK,2026-03-01 08:30:15,19100000001,19900000001\n"
        b"2,BYE,b,a,x@h,200,OK,2026-03-01 08:31:15,19900000001,19100000001\n"
    ),
    "kamailio.log": (ACC.format("INVITE") + ACC.format("BYE")).encode(),
}  # fmt: skip

#: What gets into cells, lines and bytes.
NASTY = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"\r", b"\n", b",,,,,,,,", b"NaN", b"-Infinity", b"1e999", b"\xc3",
    b"99999999999999999999999999", b"-1", b"0001-01-01 00:00:00", b"9999-12-31T23:59:59Z", b"[" * 5_000, b"{" * 5_000,
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"\\ud83d", b"\xf0\x9f\x98\x80" * 50, b"A" * 70_000, b"=cmd|'/c calc'!A1",
    b"\x1a", b"\xed\xa0\x80", b"%00%ff%zz", b"\t" * 50, "合计".encode(), "合计".encode("gb18030"),
)  # fmt: skip


def mutated(data: bytes, random_: random.Random) -> bytes:
    """Cut, swap, repeat or poison a file in one to four places."""
    for _ in range(random_.randint(1, 4)):
        at, other = sorted(random_.randrange(len(data) + 1) for _ in range(2))
        match random_.randrange(6):
            case 0:
                data = data[:at]
            case 1:
                data = data[:at] + random_.choice(NASTY) + data[at:]
            case 2:
                data = data[:at] + random_.choice(NASTY) + data[other:]
            case 3:
                data = data[:at] + data[other:] + data[at:other]
            case 4:
                data = data[:at] + data[at:other] * random_.randint(2, 20) + data[other:]
            case _:
                data = data[:at] + bytes(random_.randrange(256) for _ in range(random_.randint(1, 16))) + data[other:]
        data = data or b"x"
    return data


def told(path: Path) -> list[ReadResult]:
    return [read_source(source, TERMS) for source in find_sources([path])]


def check(whole: ReadResult) -> None:
    """Every row is accounted for, every event fits its table, every reject says why in both languages."""
    assert whole.read == whole.used + len(whole.rejects) + whole.waiting
    assert all(reject.reason and reject.reason_zh and len(reject.value) <= 80 for reject in whole.rejects)
    for events in whole.tables.values():
        events.validate(full=True)
        assert events.column("occurred_at").null_count == events.column("event_id").null_count == 0


@pytest.fixture(autouse=True)
def bounded_memory() -> Iterator[None]:
    """A reader that wants more than this fails here and not on the operator's machine."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("name", VALID)
def test_the_valid_file_is_used(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(VALID[name])
    (whole,) = told(path)
    check(whole)
    assert whole.used and not whole.rejects, whole.rejects


@pytest.mark.parametrize("name", VALID)
def test_a_damaged_file_gives_rejects_and_no_exception(name: str, tmp_path: Path) -> None:
    for case in range(max(1, CASES // len(VALID))):
        data = mutated(VALID[name], random.Random(f"{SEED} {name} {case}"))
        path = tmp_path / name
        path.write_bytes(data)
        try:
            for whole in told(path):
                check(whole)
        except Exception as error:
            kept = tmp_path / f"case-{case}-{name}"
            kept.write_bytes(data)
            raise AssertionError(f"{kept}: {type(error).__name__}: {error}") from error


@pytest.mark.parametrize("name", VALID)
def test_a_file_cut_off_anywhere_is_read_as_far_as_it_goes(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    for cut in range(0, len(VALID[name]), max(1, len(VALID[name]) // 8)):
        path.write_bytes(VALID[name][:cut])
        for whole in told(path):
            check(whole)


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    (whole,) = told(tmp_path)
    assert [reject.reason for reject in whole.rejects] == ["an empty file"]


def test_a_field_of_ten_megabytes_costs_its_row_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"时间,短信内容\n2026-03-01 08:00:00,{'长' * 3_500_000}\n2026-03-01 08:00:01,您好您好\n")
    (whole,) = told(path)
    assert (whole.used, [reject.row for reject in whole.rejects]) == (1, [2])


def test_a_line_of_a_hundred_megabytes_costs_its_row_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write("时间,短信内容\n2026-03-01 08:00:00,")
        for _ in range(100):
            file.write("x" * 1_000_000)
        file.write("\n2026-03-01 08:00:01,您好您好\n")
    (whole,) = told(path)
    assert (whole.used, [reject.row for reject in whole.rejects]) == (1, [2])


def test_a_quote_that_never_closes_does_not_swallow_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"2026-03-01 08:00:{n % 60:02},第{n}条正常内容" for n in range(2_000)]
    rows[700] = '2026-03-01 08:00:00,"没有结束的引号'
    path.write_text("时间,短信内容\n" + "\n".join(rows) + "\n")
    (whole,) = told(path)
    assert whole.used >= 1_999


@pytest.mark.parametrize("name", ["bomb.csv.gz", "bomb.zip", "bomb.xlsx"])
def test_a_packed_bomb_is_given_up(name: str, tmp_path: Path) -> None:
    path, zeros = tmp_path / name, b"0" * 1_000_000
    if name.endswith(".gz"):
        with gzip.open(path, "wb", compresslevel=1) as file:
            file.write("时间,短信内容\n".encode())
            for _ in range(300):
                file.write(zeros)
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("xl/workbook.xml" if name.endswith(".xlsx") else "a.txt", "x")
            with archive.open("xl/sharedStrings.xml" if name.endswith(".xlsx") else "a.csv", "w") as member:
                for _ in range(300):
                    member.write(zeros)
    wholes = told(path)
    assert not any(whole.used for whole in wholes)
    assert all(whole.rejects for whole in wholes)


def corner(reference: str) -> bytes:
    """A workbook of two cells, the second far away: parsers that allocate the area between need terabytes."""
    row = "".join(filter(str.isdigit, reference))
    return xlsx({"a": f'<row r="1">{cell("A1", 1)}</row><row r="{row}">{cell(reference, 2)}</row>'})


def entities(declarations: str) -> bytes:
    """A workbook whose only shared string is an entity."""
    strings = f'<!DOCTYPE x [{declarations}]><sst xmlns="{MAIN}"><si><t>begin &a9; end</t></si></sst>'
    return xlsx({"a": f"<row>{cell('A1', 0, 's')}</row>"}, parts={"xl/sharedStrings.xml": strings})


def pointing_to(target: str, mode: str = "Internal") -> bytes:
    """A workbook whose sheet is said to be elsewhere."""
    relation = f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="{target}" TargetMode="{mode}"/>'
    parts = {"xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relation}</Relationships>'}
    return xlsx({"a": inline_rows([HEAD, *CALLS])}, parts=parts)


def understated(data: bytes) -> bytes:
    """A zip file whose members say that they unpack to ten bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sizes = {struct.pack("<II", info.compress_size, info.file_size) for info in package.infolist()}
    for size in sizes:
        data = data.replace(size, size[:4] + struct.pack("<I", 10))
    return data


LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE_WORKBOOKS: dict[str, bytes] = {
    "last corner.xlsx": corner("XFD1048576"),
    "column too far.xlsx": corner("ZZZZZZ1"),
    "row too far.xlsx": corner("A4294967295"),
    "beyond all numbers.xlsx": corner("ZZZZZZZZZ99999999999999999999"),
    "entities in entities.xlsx": entities(LAUGHS),
    "entity of a file.xlsx": entities('<!ENTITY a9 SYSTEM "file:///etc/passwd">'),
    "path out of the package.xlsx": pointing_to("../../../../../../etc/passwd"),
    "absolute path.xlsx": pointing_to("file:///etc/passwd", "External"),
    "sheet that is the list of sheets.xlsx": pointing_to("/xl/workbook.xml"),
    "sheet within sheet.xlsx": xlsx({"a": "<row>" * 500_000}),
    "long names.xlsx": xlsx({"a": f"<row><{'x' * 5_000_000}/></row>"}),
    "no sheets.xlsx": xlsx({}),
    "password.xlsx": compound_file({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}),
    "document.xls": compound_file({"WordDocument": b"x"}),
    "stream of nothing.xls": compound_file({"Workbook": b""}),
    "records without end.xls": compound_file({"Workbook": b"\x09\x08\xff\xff" * 5_000}),
    "circle of sectors.xls": xls([HEAD, *CALLS]).replace(b"\x02\0\0\0\x03\0\0\0", b"\x02\0\0\0\x01\0\0\0"),
    "half.xls": xls([HEAD, *CALLS])[:2_000],
}


@pytest.mark.parametrize("name", HOSTILE_WORKBOOKS)
def test_a_workbook_made_to_exhaust_or_mislead_is_a_reject(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(HOSTILE_WORKBOOKS[name])
    (whole,) = told(path)
    check(whole)
    assert whole.rejects and not whole.used
    assert not any("root:" in reject.value for reject in whole.rejects)


def test_a_package_that_understates_its_size_is_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    text = xlsx({"a": f"<row>{cell('A1', 0, 's')}{cell('B1', 0, 's')}</row>"}, ["x" * 100_000_000])
    path.write_bytes(understated(text))
    (whole,) = told(path)
    check(whole)
    assert whole.rejects and not whole.used


def test_one_long_text_repeated_in_a_small_workbook_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    row = "<row>" + "".join(f'<c t="s"><v>{index}</v></c>' for index in range(5)) + "</row>"
    long_row = "<row>" + '<c t="s"><v>5</v></c>' * 5 + "</row>"
    path.write_bytes(xlsx({"a": row + long_row * 20_000}, [*HEAD, "1" * 100_000]))
    (whole,) = told(path)
    check(whole)
    assert not whole.used and re.search("memory|bomb", whole.rejects[-1].reason), whole.rejects[-1]


def test_deep_json_is_a_reject(tmp_path: Path) -> None:
    good = json.dumps({"text": "您好您好", "sender": "19100000001"}, ensure_ascii=False)
    deep = '{"text":' + "[" * 100_000 + "]" * 100_000 + "}"
    path = tmp_path / "a.jsonl"
    path.write_text(f"{good}\n{deep}\n{good}\n")
    (whole,) = told(path)
    assert (whole.used, [reject.row for reject in whole.rejects]) == (2, [2])


def test_a_parquet_file_that_claims_billions_of_rows_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": pa.nulls(30_000_000, pa.string())}), path)
    (whole,) = told(path)
    assert [reject.reason for reject in whole.rejects] == ["it claims more rows than its size can hold"]


def test_one_long_value_repeated_in_a_small_parquet_file_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 9_000, pa.int32()), pa.array(["长" * 40_000]))
    pq.write_table(pa.table({"短信内容": column}), path)
    (whole,) = told(path)
    check(whole)


def test_pipes_links_in_circles_and_links_to_nowhere_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.csv").symlink_to(tmp_path / "self.csv")
    (tmp_path / "nowhere.csv").symlink_to(tmp_path / "gone.csv")
    (tmp_path / "a.csv").write_bytes(VALID["calls.csv"])
    found = {source.path.name: read_source(source, TERMS) for source in find_sources([tmp_path])}
    assert found["a.csv"].used == len(CALLS)
    assert [reject.reason for reject in found["pipe.csv"].rejects] == ["not a regular file"]
    for name in ("self.csv", "nowhere.csv"):
        assert [reject.reason for reject in found[name].rejects] == ["a link to a file that is not there"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_one_may_not_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(VALID["calls.csv"])
    path.chmod(0)
    (whole,) = told(path)
    assert whole.rejects


def test_batches_stay_small_however_long_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    row = "2026-03-01 08:00:00,第一条正常内容\n"
    with path.open("w") as file:
        file.write("时间,短信内容\n")
        for _ in range(300):
            file.write(row * 1_000)
    (source,) = find_sources([path])
    with contextlib.closing(read_batches(source, TERMS)) as batches:  # type: ignore[type-var]
        sizes = [sum(events.num_rows for events in batch.tables.values()) for batch in batches]
    assert sum(sizes) == 300_000 and max(sizes) < 200_000
