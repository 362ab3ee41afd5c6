"""Files of switches that no reader knows by name are understood, asked about or refused, and never misread."""

import re
from pathlib import Path

import pytest
from tests import switch_records
from tests.switch_records import CALLS, IP_OFFICE_HEAD, THREE_CX_HEAD

from fanzha.read import ReadContext, SourceFile, find_sources, inspect_source, read_source

TOP = Path(__file__).resolve().parent.parent
PAGE = TOP / "docs" / "reference" / "switch-files.md"
CONTEXT = ReadContext(observed_at=1_800_000_000_000, basis="test order 1")

#: Name of the file -> its text. A header of its own makes the columns certain.
UNDERSTOOD = {
    "cdr_StandAloneCluster_01_202603010800_1": switch_records.call_manager(),
    "smdr-delta.csv": switch_records.ip_office(IP_OFFICE_HEAD),
    "3cx-header.csv": switch_records.three_cx(THREE_CX_HEAD),
    "yeastar.csv": switch_records.yeastar(),
    "grandstream.csv": switch_records.grandstream(),
    "opensips-acc.csv": switch_records.opensips(),
    "twilio-calls.csv": switch_records.twilio_resource(),
    "detail-20260301": switch_records.radius_detail(),
    "ttfile-20260301.csv": switch_records.exchange_text(),
    "sinch.csv": switch_records.sinch(),
}
#: Records without names: what a column means cannot be certain.
ASKED = {
    "3cx.log": switch_records.three_cx(),
    "smdr.csv": switch_records.ip_office(),
    "billing-CA146.dat": switch_records.call_detail_blocks(),
    "tenor.cdr": switch_records.tenor(),
    "BW-CDR-20260301000000-2-00112233-000001.csv": switch_records.broadworks(),
}
#: Name of the file -> its text and a part of the reason.
REFUSED = {
    "20260301080000.ACT": (switch_records.ribbon(), "not understood"),
    "cdr20260301080000": (switch_records.border_controller(), "not understood"),
    "access.log": (switch_records.kannel(), "not understood"),
    "twilio-log.csv": (switch_records.twilio_log(), "'Start Time' names the time of the call"),
    "innovaphone.xml": (switch_records.innovaphone(), "not understood"),
    "sms-cdr.csv": (switch_records.text_receipts(), "not understood"),
}


def write(folder: Path, name: str, text: str) -> SourceFile:
    (folder / name).write_text(text, "utf-8")
    (source,) = find_sources([folder / name])
    return source


def digits(number: object) -> str:
    """The eleven digits of a mobile number, in whatever form it is written."""
    return re.sub(r"\D", "", str(number).split("@")[0])[-11:]


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_a_file_with_names_gives_the_calls_that_were_made(name: str, tmp_path: Path) -> None:
    source = write(tmp_path, name, UNDERSTOOD[name])
    assert inspect_source(source, CONTEXT).questions == []
    result = read_source(source, CONTEXT)
    offered = [
        (int(str(row["occurred_at"])), digits(row["caller"]), digits(row["callee"]))
        for row in result.rows("call_offered")
    ]
    ended = {str(row["call_id"]): row for row in result.rows("call_ended")}
    talks = [int(str(ended[str(row["call_id"])].get("talk_ms") or 0)) for row in result.rows("call_offered")]
    expected = [(int(call.start.timestamp()) * 1_000, call.caller, call.callee) for call in CALLS]
    assert sorted(offered) == sorted(expected)
    assert sorted(talks) == sorted(1_000 * call.talk_s for call in CALLS)


@pytest.mark.parametrize("name", ASKED)
def test_a_file_without_names_is_asked_about(name: str, tmp_path: Path) -> None:
    shown = inspect_source(write(tmp_path, name, ASKED[name]), CONTEXT)
    assert shown.table == "calls"
    asked = {name for question in shown.questions for name in question.names}
    assert {"caller", "callee", "occurred_at"} <= asked


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_understood_is_refused_as_a_whole_with_a_reason(name: str, tmp_path: Path) -> None:
    text, reason = REFUSED[name]
    result = read_source(write(tmp_path, name, text), CONTEXT)
    assert result.used == 0
    (reject,) = result.rejects
    assert reason in reject.reason


def test_the_page_names_every_file_and_what_becomes_of_it() -> None:
    rows = re.findall(r"^\|[^|]+\| `([^`]+)` \| (understood|asked about|refused)", PAGE.read_text("utf-8"), re.M)
    expected = {**dict.fromkeys(UNDERSTOOD, "understood"), **dict.fromkeys(ASKED, "asked about")}
    assert dict(rows) == {**expected, **dict.fromkeys(REFUSED, "refused")}
