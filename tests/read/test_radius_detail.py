"""RADIUS detail files give the calls of gateways; data sessions are none, and what is damaged is rejected."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.switch_records import CALLS, radius_detail

from fanzha.read import FileHead, ReadContext, ReadResult, find_sources, read_source
from fanzha.read.radius_detail import READER

START = """Sun Mar  1 08:00:05 2026
\tAcct-Status-Type = Start
\tCalling-Station-Id = "17000000001"
\tCalled-Station-Id = "19900000001"
\tAcct-Session-Id = "A1"
\th323-conf-id = "h323-conf-id=02102944 600A1899 3FD61009 0E2F3CC5"
\th323-call-origin = "h323-call-origin=answer"
\th323-setup-time = "h323-setup-time=*00:00:00.120 UTC Sun Mar 1 2026"
\th323-connect-time = "h323-connect-time=00:00:05.120 UTC Sun Mar 1 2026"

"""
STOP = (
    START.replace("= Start", "= Stop").rstrip("\n")
    + """
\th323-disconnect-time = "h323-disconnect-time=00:00:35.120 UTC Sun Mar 1 2026"
\th323-disconnect-cause = "h323-disconnect-cause=10"
\tAcct-Session-Time = 30

"""
)
SECOND_LEG = STOP.replace("=answer", "=originate").replace('"A1"', '"A2"').replace("17000000001", "")
SESSION = """Sun Mar  1 08:00:05 2026
\tAcct-Status-Type = Stop
\tFramed-IP-Address = 192.0.2.77
\tCalling-Station-Id = "00-53-00-AA-BB-CC"
\tAcct-Session-Time = 3600

"""


def read(folder: Path, text: str) -> ReadResult:
    (folder / "detail").write_text(text, "utf-8")
    (source,) = find_sources([folder / "detail"])
    assert source.format == "radius-detail"
    return read_source(source, ReadContext(observed_at=1))


def test_start_stop_and_both_legs_are_one_call(tmp_path: Path) -> None:
    result = read(tmp_path, START + STOP + SECOND_LEG)
    (offered,), (ended,) = result.rows("call_offered"), result.rows("call_ended")
    assert (offered["occurred_at"], offered["caller"], offered["callee"]) == (
        1_772_323_200_120, "17000000001", "+8619900000001",
    )  # fmt: skip
    assert (ended["occurred_at"], ended["talk_ms"], ended["release_cause"]) == (1_772_323_235_120, 30_000, 16)


def test_every_call_of_a_gateway_comes_out(tmp_path: Path) -> None:
    result = read(tmp_path, radius_detail())
    offered = sorted((row["occurred_at"], row["caller"]) for row in result.rows("call_offered"))
    assert offered == [(int(call.start.timestamp()) * 1_000, call.caller) for call in CALLS]
    talks = sorted(int(str(row.get("talk_ms") or 0)) for row in result.rows("call_ended"))
    assert talks == sorted(1_000 * call.talk_s for call in CALLS)


def test_data_sessions_are_no_calls(tmp_path: Path) -> None:
    result = read(tmp_path, STOP + SESSION)
    assert len(result.rows("call_offered")) == 1
    assert READER.recognise(FileHead("detail", SESSION.encode(), True)) == 0.0


def test_a_time_that_is_none_rejects_the_packet_by_its_line(tmp_path: Path) -> None:
    result = read(
        tmp_path, STOP + STOP.replace("35.120 UTC Sun Mar 1", "35.120 UTC Sun Foo 1").replace("02102944", "1")
    )
    assert [(reject.row, reject.column) for reject in result.rejects] == [(14, "h323-disconnect-time")]
    assert len(result.rows("call_offered")) == 1


@given(st.text(alphabet='\t\n =:"hAc3-0129', max_size=200))
def test_garbage_never_raises(text: str) -> None:
    READER.recognise(FileHead("detail", text.encode(), True))
