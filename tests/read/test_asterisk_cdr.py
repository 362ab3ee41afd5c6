"""Asterisk's records as cdr_csv.c and the cdr_custom sample write them, put together by linkedid or uniqueid."""

from pathlib import Path

import pytest

from fanzha.read import ReadContext, ReadResult, find_sources, read_source
from fanzha.read.asterisk_cdr import CDR_CSV, CDR_CUSTOM, match_columns, parse_trunk

CONTEXT = ReadContext(observed_at=1_772_323_815_000)

#: cdr_csv with loguniqueid, loguserfield and newcdrcolumns: a transfer of one call, then a call nobody answers.
MASTER = (
    '"","19100000001","19900000002","from-igw","""Alice"" <19100000001>","PJSIP/igw-east-0000001a",'
    '"PJSIP/sub-0000001b","Dial","PJSIP/sub,30","2026-03-01 08:30:15","2026-03-01 08:30:25","2026-03-01 08:31:25",'
    '70,60,"ANSWERED","DOCUMENTATION","1772325015.10","","","1772325015.10","1"\n'
    '"","19100000001","19900000003","from-igw","""Alice"" <19100000001>","PJSIP/igw-east-0000001a",'
    '"PJSIP/sub2-0000001c","Dial","PJSIP/sub2,30","2026-03-01 08:31:25","2026-03-01 08:31:25","2026-03-01 08:32:25",'
    '60,60,"ANSWERED","DOCUMENTATION","1772325015.10","","","1772325015.10","2"\n'
    '"","19100000005","19900000002","from-igw","19100000005","PJSIP/igw-east-0000001d","","Dial","",'
    '"2026-03-01 08:40:15",,"2026-03-01 08:40:25",10,0,"NO ANSWER","DOCUMENTATION","1772325615.11","","",'
    '"1772325615.11","3"\n'
)
#: cdr_custom's sample mapping, with fractions of seconds.
CUSTOM = (
    '"""Bob"" <19100000007>","19100000007","19900000008","in","SIP/gw-00000001","SIP/b-00000002","Dial","SIP/b",'
    '"2026-03-01 08:30:15","2026-03-01 08:30:20","2026-03-01 08:31:20","65.250","60.125","ANSWERED","DOCUMENTATION","",'
    '"1772325015.20","",5\n'
)
#: The cdr table as database tools export it.
TABLE = (
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,"
    "accountcode,uniqueid,userfield,linkedid\n"
    "2026-03-01 08:30:15,a,19100000001,19900000002,in,DAHDI/i1/19100000001-1f,SIP/b-00000002,Dial,,70,60,ANSWERED,3,,"
    "1772325015.1,,1772325015.1\n"
    "2026-03-01 08:30:16,a,19100000001,19900000003,in,SIP/q-00000004,,Queue,,9,0,BUSY,3,,1772325016.4,,1772325015.1\n"
)


def told(path: Path, text: str) -> ReadResult:
    path.write_text(text)
    (source,) = find_sources([path])
    assert source.format == "asterisk-cdr"
    return read_source(source, CONTEXT)


def test_rows_of_one_linkedid_are_one_call(tmp_path: Path) -> None:
    whole = told(tmp_path / "Master.csv", MASTER)
    assert (whole.read, whole.used, len(whole.rejects)) == (3, 3, 0)
    offered, ended = whole.rows("call_offered"), whole.rows("call_ended")
    assert [(row["call_id"], row["callee"]) for row in offered] == [
        ("1772325015.10", "+8619900000002"), ("1772325615.11", "+8619900000002"),
    ]  # fmt: skip
    assert (offered[0]["caller"], offered[0]["trunk"]) == ("19100000001", "PJSIP/igw-east")
    assert (ended[0]["talk_ms"], ended[0]["release_cause"]) == (120_000, 16)
    assert (ended[1]["answered"], ended[1]["release_cause"]) == (False, 19)
    (answered,) = whole.rows("call_answered")
    assert (answered["ring_ms"], answered["occurred_at"]) == (10_000, 1_772_325_025_000)


def test_the_custom_sample_is_read_with_fractions(tmp_path: Path) -> None:
    whole = told(tmp_path / "Master.csv", CUSTOM)
    assert whole.rows("call_ended")[0]["talk_ms"] == 60_125
    assert whole.rows("call_offered")[0]["trunk"] == "SIP/gw"


def test_an_export_of_the_table_is_read_by_its_header(tmp_path: Path) -> None:
    whole = told(tmp_path / "cdr.csv", TABLE)
    (offered,), (ended,) = whole.rows("call_offered"), whole.rows("call_ended")
    assert (offered["callee"], offered["trunk"]) == ("+8619900000002", "DAHDI/i1/19100000001-1f")
    assert (ended["answered"], ended["talk_ms"]) == (True, 60_000)


def test_a_map_translates_trunks_and_sets_the_clock(tmp_path: Path) -> None:
    (tmp_path / "Master.csv.toml").write_text(
        'table = "calls"\nsource = "pbx"\n[time]\nzone = "UTC"\nskew = "5s"\n'
        '[columns]\ningress = { from = "trunk", values = { "PJSIP/igw-east" = "international_gateway" } }\n'
    )
    offered = told(tmp_path / "Master.csv", MASTER).rows("call_offered")[0]
    assert offered["ingress"] == "international_gateway"
    assert (offered["occurred_at"], offered["call_id"]) == (1_772_353_810_000, "pbx/1772325015.10")


def test_a_row_that_is_no_record_is_a_reject_with_its_line(tmp_path: Path) -> None:
    bad = MASTER.replace("08:30:15", "08:99:15").split("\n")[0]
    whole = told(tmp_path / "Master.csv", f'{MASTER}"","bad\n{bad}\n')
    assert [(reject.row, reject.column) for reject in whole.rejects] == [(4, ""), (5, "start")]


@pytest.mark.parametrize(
    ("channel", "trunk"),
    [("PJSIP/igw-east-0000001a", "PJSIP/igw-east"), ("SIP/10.0.0.1-00000001", "SIP/10.0.0.1"), ("Local/1@a-0000;1", ""),
     ("DAHDI/1-1", "DAHDI/1-1"), ("", "")],
)  # fmt: skip
def test_the_trunk_is_the_peer_of_the_channel(channel: str, trunk: str) -> None:
    assert parse_trunk(channel) == trunk


def test_layouts_are_told_by_their_places() -> None:
    cells = [""] * 18
    cells[14], cells[9] = "BUSY", "2026-03-01 08:30:15"
    assert match_columns(cells) == CDR_CSV
    cells = [""] * 19
    cells[13], cells[8] = "BUSY", "2026-03-01 08:30:15"
    assert match_columns(cells) == CDR_CUSTOM
    assert match_columns(["a", "b"]) is None


def test_a_file_of_many_calls_comes_in_batches_and_none_is_lost(tmp_path: Path) -> None:
    line = MASTER.split("\n")[2] + "\n"
    text = "".join(line.replace("1772325615.11", f"1772325615.{n}") for n in range(36_000)) + "bad\n"
    whole = told(tmp_path / "Master.csv", text)
    assert (whole.read, whole.used, [reject.row for reject in whole.rejects]) == (36_001, 36_000, [36_001])
    assert len({row["event_id"] for row in whole.rows("call_offered")}) == 36_000
