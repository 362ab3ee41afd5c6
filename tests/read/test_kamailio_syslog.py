"""Kamailio's accounting lines in a syslog, as acc.c and acc_cdr.c write them, among everything else."""

from pathlib import Path

from fanzha.read import ReadContext, ReadResult, find_sources, read_source

TERMS = ReadContext(observed_at=1_772_323_815_000)
START = "Mar  1 08:30:15 sbc kamailio[1234]: NOTICE: {1 102 INVITE x1@h} acc [acc.c:281]: acc_log_request(): "
EXTRA = ";src_user=19100000001;src_domain=a.example;src_ip=192.0.2.1;dst_ouser=19900000002;dst_user=19900000002"
ANSWERED = f"{START}ACC: transaction answered: timestamp="
INVITE = f"{ANSWERED}1772325015;method=INVITE;from_tag=a;to_tag=b;call_id=x1@h;code=200;reason=OK{EXTRA}\n"
BYE = f"{ANSWERED}1772325075;method=BYE;from_tag=b;to_tag=a;call_id=x1@h;code=200;reason=OK\n"
MISSED = (
    f"{START}ACC: call missed: timestamp=1772325085;method=INVITE;from_tag=c;to_tag=;call_id=x2@h;code=404;"
    f"reason=Not Found{EXTRA}\n"
)
ACKED = (
    f"{START}ACC: request acknowledged: timestamp=1772325016;method=ACK;from_tag=a;to_tag=b;call_id=x1@h;code=200;"
    "reason=OK\n"
)
CDR = (
    "Mar  1 08:31:15 sbc kamailio[1234]: NOTICE: acc [acc_cdr.c:330]: log_write_cdr(): start_time=1772325015.123456; "
    "end_time=1772325075.623456; duration=60.500000; callid=x3@h; src_user=19100000001; dst_user=19900000002\n"
)
NOISE = "Mar  1 08:30:16 sbc kamailio[1234]: INFO: <script>: hello\n"


def told(path: Path, text: str) -> ReadResult:
    path.write_text(text)
    (source,) = find_sources([path])
    assert source.format == "kamailio-syslog"
    return read_source(source, TERMS)


def test_transactions_among_other_lines_are_calls(tmp_path: Path) -> None:
    whole = told(tmp_path / "kamailio.log", NOISE + INVITE + ACKED + NOISE + BYE + MISSED)
    offered, ended = whole.rows("call_offered"), whole.rows("call_ended")
    assert [row["call_id"] for row in offered] == ["x1@h", "x2@h"]
    assert (offered[0]["occurred_at"], offered[0]["trunk"]) == (1_772_325_015_000, "192.0.2.1")
    assert [(row["answered"], row.get("release_cause")) for row in ended] == [(True, 16), (False, 1)]
    assert ended[0]["talk_ms"] == 60_000
    assert any("3 lines that are no call records" in note.en for note in whole.notes)


def test_a_cdr_line_is_a_call_already(tmp_path: Path) -> None:
    (ended,) = told(tmp_path / "kamailio.log", CDR).rows("call_ended")
    assert (ended["talk_ms"], ended["call_id"]) == (60_500, "x3@h")


def test_times_in_the_lines_need_no_zone(tmp_path: Path) -> None:
    (tmp_path / "kamailio.log.toml").write_text('table = "calls"\n[time]\nzone = "UTC"\n')
    assert told(tmp_path / "kamailio.log", CDR).rows("call_offered")[0]["occurred_at"] == 1_772_325_015_123


def test_a_broken_accounting_line_is_a_reject(tmp_path: Path) -> None:
    broken = INVITE.replace("method=INVITE", "method=")
    whole = told(tmp_path / "kamailio.log", INVITE + broken + BYE)
    assert [(reject.row, reject.column) for reject in whole.rejects] == [(2, "method")]
