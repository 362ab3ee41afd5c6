"""Kamailio's accounting tables as the acc module's documentation names their columns."""

from pathlib import Path

from fanzha.read import ReadContext, ReadResult, find_sources, read_source

TERMS = ReadContext(observed_at=1_772_323_815_000)
CORE = "id,method,from_tag,to_tag,callid,sip_code,sip_reason,time"
HEAD = f"{CORE},src_user,src_domain,src_ip,dst_ouser,dst_user,dst_domain\n"
PARTIES = "19100000001,a.example,192.0.2.1,19900000002,19900000002,b.example"
INVITE = f"1,INVITE,ft,tt,x1@h,200,OK,2026-03-01 08:30:15,{PARTIES}\n"
BACK = "19900000002,b.example,192.0.2.2,19100000001,19100000001,a.example"
BYE = f"2,BYE,tt,ft,x1@h,200,OK,2026-03-01 08:31:15,{BACK}\n"
MISSED = f"3,INVITE,f2,,x2@h,486,Busy here,2026-03-01 08:40:15,{PARTIES}\n"
FORKED = f"4,INVITE,ft,t9,x1@h,480,Temporarily unavailable,2026-03-01 08:30:10,{PARTIES}\n"
OTHER = f"5,REGISTER,f3,,x3@h,200,OK,2026-03-01 08:41:15,{PARTIES}\n"


def told(path: Path, text: str) -> ReadResult:
    path.write_text(text)
    (source,) = find_sources([path])
    assert source.format == "kamailio-acc"
    return read_source(source, TERMS)


def test_invite_and_bye_are_one_call(tmp_path: Path) -> None:
    whole = told(tmp_path / "acc.csv", HEAD + INVITE + BYE)
    (offered,), (answered,), (ended,) = (whole.rows(f"call_{fact}") for fact in ("offered", "answered", "ended"))
    assert (offered["call_id"], offered["caller"], offered["callee"]) == ("x1@h", "19100000001", "+8619900000002")
    assert "ring_ms" not in answered, "acc does not tell when the call was offered"
    assert (ended["talk_ms"], ended["released_by"], ended["release_cause"]) == (60_000, "callee", 16)


def test_a_bye_with_the_callers_tag_is_the_callers(tmp_path: Path) -> None:
    whole = told(tmp_path / "acc.csv", HEAD + INVITE + BYE.replace("tt,ft", "ft,tt"))
    assert whole.rows("call_ended")[0]["released_by"] == "caller"


def test_an_answer_outweighs_a_branch_that_was_missed(tmp_path: Path) -> None:
    (ended,) = told(tmp_path / "acc.csv", HEAD + FORKED + INVITE + BYE).rows("call_ended")
    assert (ended["answered"], ended["release_cause"]) == (True, 16)


def test_missed_calls_have_the_cause_of_their_code(tmp_path: Path) -> None:
    (ended,) = told(tmp_path / "missed_calls.csv", HEAD + MISSED).rows("call_ended")
    assert (ended["answered"], ended["talk_ms"], ended["release_cause"]) == (False, 0, 17)


def test_a_call_without_a_bye_has_no_end_and_a_bye_without_a_call_waits(tmp_path: Path) -> None:
    whole = told(tmp_path / "acc.csv", HEAD + INVITE)
    assert len(whole.rows("call_answered")) == 1 and whole.rows("call_ended") == []
    whole = told(tmp_path / "acc.csv", HEAD + MISSED + BYE)
    assert (whole.read, whole.used, whole.waiting) == (2, 1, 1)
    assert any("1 rows wait for the beginning of their call" in note.en for note in whole.notes)


def test_what_is_no_call_is_passed_over_and_counted(tmp_path: Path) -> None:
    whole = told(tmp_path / "acc.csv", HEAD + INVITE + OTHER + BYE)
    assert (whole.read, whole.used) == (2, 2)
    assert any("1 lines that are no call records" in note.en for note in whole.notes)


def test_a_tab_separated_export_is_read_too(tmp_path: Path) -> None:
    whole = told(tmp_path / "acc.tsv", (HEAD + INVITE + BYE).replace(",", "\t"))
    assert whole.rows("call_ended")[0]["talk_ms"] == 60_000


def test_the_cdrs_tables_are_calls_already(tmp_path: Path) -> None:
    own = (
        "id,start_time,end_time,duration,callid,src_user,dst_user\n"
        "1,2026-03-01 08:30:15.250,2026-03-01 08:31:15.250,60.000,x,19100000001,19900000002\n"
    )
    by_procedure = (
        "cdr_id,src_username,dst_username,call_start_time,duration,sip_call_id\n"
        "1,19100000001,19900000002,2026-03-01 08:30:15,60,x\n"
    )
    for text in (own, by_procedure):
        (ended,) = told(tmp_path / "cdrs.csv", text).rows("call_ended")
        assert (ended["call_id"], ended["talk_ms"]) == ("x", 60_000)
