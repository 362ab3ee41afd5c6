"""FreeSWITCH mod_json_cdr: variables and call flow, URL-encoded or not, a file each or many in one."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from fanzha.read import ReadContext, ReadResult, find_sources, read_source

TERMS = ReadContext(observed_at=1_772_323_815_000)


def leg(uuid: str = "u1", **variables: str) -> dict[str, Any]:
    known = {
        "uuid": uuid, "direction": "inbound", "start_uepoch": "1772355590100000", "answer_uepoch": "1772355600100000",
        "end_uepoch": "1772355660100000", "billmsec": "60000", "hangup_cause": "NORMAL_CLEARING",
        "hangup_cause_q850": "16",
        "sip_hangup_disposition": "send_bye", "sip_h_P-Asserted-Identity": "<sip:+8619100000007@ims.example>",
        "sip_gateway_name": "igw-east",
    } | variables  # fmt: skip
    profile = {"caller_id_number": "19100000007", "destination_number": "19900000008", "rdnis": "19100000009"}
    later = {"caller_id_number": "x", "destination_number": "after a transfer"}
    return {
        "core-uuid": "c", "switchname": "fs", "channel_data": {"state": "CS_REPORTING", "direction": "inbound"},
        "variables": known, "callflow": [{"caller_profile": later}, {"caller_profile": profile}],
    }  # fmt: skip


def encoded(one: dict[str, Any]) -> dict[str, Any]:
    return one | {"variables": {name: quote(value, safe="") for name, value in one["variables"].items()}}


def told(path: Path, text: str) -> ReadResult:
    path.write_text(text)
    (source,) = find_sources([path])
    assert source.format == "freeswitch-json"
    return read_source(source, TERMS)


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("form", [dict, encoded])
def test_a_leg_tells_all_it_knows(tmp_path: Path, indent: int | None, form: Any) -> None:
    whole = told(tmp_path / "a.cdr.json", json.dumps(form(leg()), indent=indent))
    (offered,), (answered,), (ended,) = (whole.rows(f"call_{fact}") for fact in ("offered", "answered", "ended"))
    assert (offered["caller"], offered["callee"], offered["diversion"]) == (
        "19100000007",
        "+8619900000008",
        "19100000009",
    )
    assert (offered["asserted_identity"], offered["trunk"]) == ("+8619100000007", "igw-east")
    assert (answered["ring_ms"], ended["talk_ms"], ended["release_cause"]) == (10_000, 60_000, 16)


def test_both_legs_are_one_call(tmp_path: Path) -> None:
    b = leg("u2", direction="outbound", originating_leg_uuid="u1", sip_hangup_disposition="recv_bye")
    whole = told(tmp_path / "legs.json", json.dumps(b) + "\n" + json.dumps(leg("u1", bridge_uuid="u2")) + "\n")
    (offered,), (ended,) = whole.rows("call_offered"), whole.rows("call_ended")
    assert (offered["call_id"], ended["released_by"], whole.used) == ("u1", "callee", 2)


def test_a_leg_that_went_out_does_not_tell_the_call_of_another_file_again(tmp_path: Path) -> None:
    whole = told(tmp_path / "b.cdr.json", json.dumps(leg("u2", direction="outbound", originating_leg_uuid="u1")))
    assert (whole.read, whole.used, whole.waiting, whole.tables) == (1, 0, 1, {})


def test_lines_that_are_no_legs_are_rejects(tmp_path: Path) -> None:
    lines = [json.dumps(leg()), "{broken", "[1]", json.dumps({"callflow": 5, "variables": None}), json.dumps(leg("u3"))]
    whole = told(tmp_path / "legs.json", "\n".join(lines))
    assert [reject.row for reject in whole.rejects] == [2, 3, 4]
    assert (whole.read, whole.used) == (5, 2)
