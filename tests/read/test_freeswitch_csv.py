"""FreeSWITCH mod_cdr_csv as its vanilla templates write it; a-leg and b-leg are one call."""

from pathlib import Path

import pytest

from fanzha.read import ReadContext, ReadResult, find_sources, read_source
from fanzha.read.freeswitch_csv import ASTERISK, EXAMPLE, match_columns

TERMS = ReadContext(observed_at=1_772_323_815_000)
A, B = "a5c9f6c0-e752-11e3-8bfb-65b6c3cdac7d", "a5c9f6c0-e752-11e3-8bfb-65b6c3cdac7e"
A_LEG = (
    '"Alice","19100000007","19900000008","public","2026-03-01 16:59:50","2026-03-01 17:00:00","2026-03-01 17:01:00",'
    f'"70","60","NORMAL_CLEARING","{A}","{B}","","PCMU","PCMU"\n'
)
B_LEG = A_LEG.replace(f'"{A}","{B}"', f'"{B}",""').replace("16:59:50", "16:59:51")
MISSED = (
    '"9008","9008","+34688886392","public","2026-03-01 17:01:32","","2026-03-01 17:01:42","10","0","NO_ANSWER",'
    '"e29ff0ae-e752-11e3-8bff-65b6c3cdac7d","","","",""\n'
)
SQL = f"INSERT INTO cdr VALUES ({A_LEG.rsplit(',', 2)[0]});\n"
LIKE_ASTERISK = (
    '"1000","19100000007","19900000008","public","""Alice"" <19100000007>","sofia/external/a@h","sofia/internal/b",'
    '"bridge","user/b","2026-03-01 16:59:50","2026-03-01 17:00:00","2026-03-01 17:01:00","70","60","NORMAL_CLEARING",'
    f'"documentation","{A}",""\n'
)
HEADED = (
    "uuid,direction,caller_id_number,destination_number,start_epoch,answer_epoch,end_epoch,billsec,hangup_cause,"
    f"sip_hangup_disposition\n{A},inbound,19100000007,19900000008,1772355590,1772355600,1772355660,60,NORMAL_CLEARING,"
    "recv_bye\n"
)


def told(path: Path, text: str) -> ReadResult:
    path.write_text(text)
    (source,) = find_sources([path])
    assert source.format == "freeswitch-csv"
    return read_source(source, TERMS)


def test_both_legs_are_one_call_that_the_a_leg_names(tmp_path: Path) -> None:
    for text in (A_LEG + B_LEG, B_LEG + A_LEG):
        whole = told(tmp_path / "Master.csv", text)
        (offered,), (ended,) = whole.rows("call_offered"), whole.rows("call_ended")
        assert (offered["call_id"], offered["caller"], offered["callee"]) == (A, "19100000007", "+8619900000008")
        assert (ended["talk_ms"], ended["release_cause"], whole.used) == (60_000, 16, 2)


def test_a_call_nobody_answers(tmp_path: Path) -> None:
    whole = told(tmp_path / "Master.csv", MISSED)
    (ended,) = whole.rows("call_ended")
    assert (ended["answered"], ended["talk_ms"], ended["release_cause"]) == (False, 0, 19)
    assert whole.rows("call_answered") == []


@pytest.mark.parametrize("text", [SQL, LIKE_ASTERISK, HEADED], ids=["sql", "asterisk", "header"])
def test_other_templates_tell_the_same_call(text: str, tmp_path: Path) -> None:
    (offered,) = told(tmp_path / "Master.csv", text).rows("call_offered")
    assert (offered["call_id"], offered["caller"], offered["occurred_at"]) == (A, "19100000007", 1_772_355_590_000)


def test_who_hung_up_is_told_where_the_variables_are_there(tmp_path: Path) -> None:
    assert told(tmp_path / "cdr.csv", HEADED).rows("call_ended")[0]["released_by"] == "caller"


def test_own_templates_are_named_by_the_map(tmp_path: Path) -> None:
    (tmp_path / "own.csv.toml").write_text(
        'table = "calls"\nformat = "freeswitch-csv"\n[file]\ndelimiter = ";"\n'
        'names = ["uuid", "caller_id_number", "destination_number", "start_epoch", "answer_epoch", "end_epoch"]\n'
    )
    (tmp_path / "own.csv").write_text(f"{A};19100000007;19900000008;1772355590;0;1772355600\n")
    (source,) = find_sources([tmp_path / "own.csv"])
    whole = read_source(source, TERMS)
    assert whole.rows("call_ended")[0]["answered"] is False


def test_lines_of_other_programs_are_rejects(tmp_path: Path) -> None:
    whole = told(tmp_path / "Master.csv", A_LEG + "something else\n" + MISSED.replace("17:01:32", "25:01:32") + B_LEG)
    assert [(reject.row, reject.column) for reject in whole.rejects] == [(2, ""), (3, "start_stamp")]


def test_templates_are_told_by_their_places() -> None:
    assert match_columns([""] * 9 + ["USER_BUSY", A, "", ""]) == EXAMPLE
    assert match_columns([""] * 14 + ["USER_BUSY", "", A]) == ASTERISK
    assert match_columns(["x"] * 20) is None
