"""Mutated calls never pass unscreened, never pass where they must be refused, and are read alike by all."""

import json
import os
from pathlib import Path

import pytest
from tests.field.differences import CHAINS, Reading, find_differences, find_faults, read_differently

pytestmark = pytest.mark.field

CASES, SEED = int(os.environ.get("FANZHA_FUZZ_CASES", "2000")), int(os.environ.get("FANZHA_FUZZ_SEED", "1"))


@pytest.mark.parametrize("chain", CHAINS)
def test_a_mutated_call_is_the_same_call_to_all_that_read_it(chain: str, tmp_path: Path) -> None:
    cases = CASES // len(CHAINS)
    differences, fuzzer = find_differences(chain, cases, SEED, tmp_path)
    assert differences == []
    assert fuzzer.answered > cases // 4 and fuzzer.relayed > cases // 20
    assert fuzzer.shed < fuzzer.relayed // 4  # a machine that does other work, too
    assert all(remade > fuzzer.relayed // 2 for remade in fuzzer.remade.values())


RELAYED = (
    "INVITE sip:+8617000000900@x SIP/2.0\r\nFrom: <sip:+12125550100@x>;tag=1\r\n"
    "X-Fanzha-Treatment: label\r\nSubject: x\r\n\r\nv=0\r\n"
)


def test_nothing_is_wrong_with_a_call_that_was_treated_once() -> None:
    assert list(find_faults(RELAYED.encode())) == []


def test_a_call_that_a_busy_screen_shed_was_answered() -> None:
    shed = RELAYED.replace("Treatment: label", "Treatment: unscreened").replace("Subject: x", "X-Fanzha-Reason: late")
    assert list(find_faults(shed.encode())) == []
    assert list(find_faults(shed.replace("+12125550100", "95588").encode())) == ["must be refused, but relayed"]


@pytest.mark.parametrize(
    ("replaced", "by", "fault"),
    [
        ("Treatment: label", "Treatment: unscreened", "relayed without an answer"),
        ("Subject: x", "X-Fanzha-Screened: no", "relayed without an answer"),
        ("X-Fanzha-Treatment: label\r\n", "", "relayed with 0 treatments"),
        ("Subject: x", "X-Fanzha-Treatment: allow", "relayed with 2 treatments"),
        ("+12125550100", "95588", "must be refused, but relayed"),
        ("+12125550100", "%2B86９%3558%38", "must be refused, but relayed"),
        ("Subject: x", "Subject: x\u2028From: <tel:110>", "must be refused, but relayed"),
        ("Subject: x", "Subject: x\vf: <tel:110>", "must be refused, but relayed"),
        ("Subject: x", "Call-\0Info : <https://x.example>", "relayed with call-info, which nobody proves"),
        (
            "Subject: x",
            "X-Fanzha-Reason: forged",
            "relayed with what a caller wrote in the name of a screen",
        ),
    ],
)
def test_what_is_wrong_with_a_relayed_call_is_found(replaced: str, by: str, fault: str) -> None:
    assert list(find_faults(RELAYED.replace(replaced, by).encode())) == [fault]


@pytest.mark.parametrize(
    ("call_id", "caller", "callee", "count"),
    [
        ("tok1", "001-2125550100", "%2B8617000000900", 0),
        ("tok1", "", "+8617000000900", 1),
        ("tok1", "95588", "+8617000000900", 1),
        ("tok1", "95588", "110", 2),
        ("tok2", "+12125550100", "+8617000000900", 1),
    ],
)
def test_another_reading_and_a_call_that_was_not_judged_are_found(
    call_id: str, caller: str, callee: str, count: int
) -> None:
    log = json.dumps([1, 0, "call", [[0, "tok1", "+12125550100", "+8617000000900", "IGW-1", "", False, ""]]])
    readings = {call_id: [Reading("another", RELAYED.encode(), caller, callee)]}
    assert len(list(read_differently(readings, log))) == count


def test_a_proxy_that_shows_nobody_for_a_uri_without_a_user_shows_nobody_else() -> None:
    log = json.dumps([1, 0, "call", [[0, "tok1", "+33123456789", "+8617000000900", "IGW-1", "", False, ""]]])
    withheld = RELAYED.replace("+12125550100@x", "anonymous@anonymous.invalid").encode()
    for sent, count in (
        (b"\r\nFrom: <sip:+33123456789>;tag=1\r\n", 0),
        (b"\r\nFrom: <sip:+33123456789@x>;tag=1\r\n", 1),
    ):
        readings = {"tok1": [Reading("another", withheld, "", "+8617000000900", sent)]}
        assert len(list(read_differently(readings, log))) == count
