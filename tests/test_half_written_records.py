"""A record that is cut off at the end of a file is never used as if it were whole, whatever the format."""

from pathlib import Path
from typing import NamedTuple

import pytest

from fanzha.read import (
    ColumnMap,
    FileLayout,
    SourceFile,
    TableReader,
    UnreadableSource,
    all_readers,
    find_sources,
)

MINUTES = range(4)
CALLS = [(f"1910000000{n}", f"1990000000{n}", f"2026-03-01 08:0{n}:00", 9 + 43 * n) for n in MINUTES]

FORMATS = {
    "comma.csv": ("delimited-text", "主叫号码,被叫号码,开始时间,通话时长(秒)\n", "{0},{1},{2},{3}\n"),
    "tab.tsv": ("delimited-text", "主叫号码\t被叫号码\t开始时间\t通话时长(秒)\n", "{0}\t{1}\t{2}\t{3}\n"),
    "quoted.csv": ("delimited-text", "主叫号码,被叫号码,开始时间,通话时长(秒)\n", '"{0}","{1}","{2}","{3}"\n'),
    "fixed.dat": (
        "delimited-text",
        "caller       callee       start_time           duration\n",
        "{0}  {1}  {2}  {3}\n",
    ),
    "numbers.txt": ("plain-list", "", "{0}\n"),
    "hosts.txt": ("plain-list", "", "shop{3}.example.com\n"),
    "lines.jsonl": ("json", "", '{{"caller":"{0}","callee":"{1}","start_time":"{2}","duration":{3}}}\n'),
    "list.json": ("json", "[", '{{"caller":"{0}","callee":"{1}","start_time":"{2}","duration":{3}}},\n'),
    "wrapped.json": (
        "json",
        '{"code":0,"data":[',
        '{{"caller":"{0}","callee":"{1}","start_time":"{2}","duration":{3}}},\n',
    ),
    "page.html": (
        "html-table",
        "<table><tr><th>主叫号码</th><th>被叫号码</th><th>开始时间</th><th>通话时长(秒)</th></tr>\n",
        "<tr><td>{0}</td><td>{1}</td><td>{2}</td><td>{3}</td></tr>\n",
    ),
    "Master.csv": (
        "asterisk-cdr",
        "",
        '"","{0}","{1}","in","","PJSIP/t-0000000a","PJSIP/u-0000000b","Dial","x","{2}","{2}","{2}",{3},{3},"ANSWERED",'
        '"DOCUMENTATION","1772323200.{3}",""\n',
    ),
    "cdr.csv": (
        "freeswitch-csv",
        "",
        '"","{0}","{1}","default","{2}","{2}","{2}","{3}","{3}","NORMAL_CLEARING","'
        "00000000-0000-4000-8000-00000000000"
        '{4}","","","PCMA","PCMA"\n',
    ),
    "acc.csv": (
        "kamailio-acc",
        "method,from_tag,to_tag,callid,sip_code,sip_reason,time,src_user,dst_user\n",
        "INVITE,a,b,c{4},200,OK,{2},{0},{1}\n",
    ),
    "messages": (
        "kamailio-syslog",
        "",
        "Mar  1 08:00:00 p kamailio[1]: NOTICE: acc [acc.c:1]: acc_log_request(): ACC: transaction answered: "
        "timestamp=177232320{4};method=INVITE;from_tag=a;to_tag=b;call_id=c{4};code=200;reason=OK;src_user={0};"
        "dst_user={1}\n",
    ),
    "detail": (
        "radius-detail",
        "",
        "Sun Mar  1 08:00:05 2026\n\tAcct-Status-Type = Stop\n\tAcct-Session-Id = \"c{4}\"\n"
        "\tCalling-Station-Id = \"{0}\"\n\tCalled-Station-Id = \"{1}\"\n"
        "\th323-setup-time = \"h323-setup-time=00:0{4}:00.000 UTC Sun Mar 1 2026\"\n\tAcct-Session-Time = {3}\n\n",
    ),
    "leg.json": (
        "freeswitch-json",
        "",
        '{{"core-uuid":"x","variables":{{"uuid":"u{4}","direction":"inbound","start_stamp":"{2}",'
        '"caller_id_number":"{0}","destination_number":"{1}","billsec":"{3}"}}}}\n',
    ),
    "legs.xml": (
        "freeswitch-xml",
        "",
        "<cdr><variables><uuid>u{4}</uuid><direction>inbound</direction><start_stamp>{2}</start_stamp>"
        "<caller_id_number>{0}</caller_id_number><destination_number>{1}</destination_number><billsec>{3}</billsec>"
        "</variables></cdr>\n",
    ),
}  # fmt: skip


class Rows(NamedTuple):
    """The rows that a reader yields for a file, and how many it does not use."""

    used: set[tuple[object, ...]]
    unused: int
    reasons: list[str]


def read_rows(reader: TableReader, path: Path, data: bytes, map_: ColumnMap) -> Rows:
    path.write_bytes(data)
    source = SourceFile(path, format=reader.name)
    used, unused, reasons = set[tuple[object, ...]](), 0, list[str]()
    try:
        for rows in reader.read_rows(source, reader.preview(source, FileLayout()), map_):
            columns = [column.to_pylist() for name, column in sorted(rows.columns.items())]
            used.update(zip(*columns, strict=True))
            unused += rows.waiting + len(rows.rejects)
            reasons += [note.en for note in rows.notes] + [reject.reason for reject in rows.rejects]
    except UnreadableSource as error:
        unused, reasons = unused + 1, [*reasons, error.words.en]
    return Rows(used, unused, reasons)


@pytest.mark.parametrize("name", FORMATS)
def test_a_cut_record_is_rejected_or_waits_and_is_never_used(name: str, tmp_path: Path) -> None:
    format_, head, record = FORMATS[name]
    records = [record.format(*call, number) for number, call in enumerate(CALLS)]
    before, last = (head + "".join(records[:-1])).encode(), records[-1].encode()
    path = tmp_path / name
    path.write_bytes(before + last)
    (source,) = find_sources([path])
    reader = all_readers()[source.format]
    assert source.format == format_ and isinstance(reader, TableReader)
    map_ = reader.resolve_map(source).map
    whole, without = read_rows(reader, path, before + last, map_), read_rows(reader, path, before, map_)
    assert len(whole.used) == len(CALLS) and len(without.used) == len(CALLS) - 1 and without.used < whole.used
    for length in range(1, len(last)):
        cut = read_rows(reader, path, before + last[:length], map_)
        assert cut.used <= whole.used, last[:length]
        if cut.used == without.used and last[:length].strip(b" \t\r\n,[]{<"):
            assert cut.unused and cut.reasons, last[:length]
