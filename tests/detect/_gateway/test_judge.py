"""A call is judged by where it came in and by the number it claims; innocent look-alikes are let be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.detect._gateway.calls import CALL, batch_of

from fanzha.detect._gateway.judge import judge
from fanzha.detect._gateway.reasons import GROUNDS, Reason


def reason_of(caller: str | None, ingress: str | None, **more: object) -> Reason:
    return Reason(judge(batch_of([{"caller": caller, "ingress": ingress, **more}])).reason[0])


@pytest.mark.parametrize(
    ("caller", "reason"),
    [
        ("+8610110", Reason.DISGUISED_FROM_ABROAD),
        ("+1 013 800 1380", Reason.DISGUISED_FROM_ABROAD),
        ("110", Reason.EMERGENCY_FROM_ABROAD),
        ("95588", Reason.SERVICE_FROM_ABROAD),
        ("12345", Reason.SERVICE_FROM_ABROAD),
        ("057196345", Reason.SERVICE_FROM_ABROAD),
        ("10690000000", Reason.PORT_FROM_ABROAD),
        ("4000000000", Reason.HOTLINE_FROM_ABROAD),
        ("8000000000", Reason.HOTLINE_FROM_ABROAD),
        ("01088888888", Reason.FIXED_FROM_ABROAD),
        ("+86 10 8888 8888", Reason.FIXED_FROM_ABROAD),
        ("+86 154 0000 0000", Reason.IMPOSSIBLE_FROM_ABROAD),
        ("+999 123 456 789", Reason.IMPOSSIBLE_FROM_ABROAD),
        ("+8619100000101", Reason.MOBILE_UNPROVEN),
        ("17000000101", Reason.MOBILE_UNPROVEN),
        ("1064800000000", Reason.MOBILE_UNPROVEN),
        ("+44 7700 900123", Reason.UNASSIGNED_ABROAD),
        ("+1 900 234 5678", Reason.PREMIUM_FROM_ABROAD),
        ("95121234", Reason.IRREGULAR_FROM_ABROAD),
        ("87654321", Reason.IRREGULAR_FROM_ABROAD),
        ("+44 20 7946 0958", Reason.NONE),
        ("+852 9123 4567", Reason.NONE),
        ("85291234567", Reason.NONE),
        ("+870 773 111 111", Reason.NONE),
        ("17490001234", Reason.NONE),
        ("10655888", Reason.PORT_FROM_ABROAD),
        ("ICBC", Reason.IRREGULAR_FROM_ABROAD),
        ("95588A", Reason.IRREGULAR_FROM_ABROAD),
        ("1380013800O", Reason.IRREGULAR_FROM_ABROAD),
        ("sip:ll0@igw.example", Reason.IRREGULAR_FROM_ABROAD),
        ("anonymous", Reason.NONE),
        ("sip:anonymous@anonymous.invalid", Reason.NONE),
        ("Unavailable", Reason.NONE),
        ("", Reason.NONE),
        (None, Reason.NONE),
    ],
)
def test_call_from_abroad(caller: str | None, reason: Reason) -> None:
    assert reason_of(caller, "international_gateway") is reason


@pytest.mark.parametrize(
    ("roaming", "more", "reason"),
    [
        ("proven", {}, Reason.NONE),
        ("disproven", {}, Reason.MOBILE_NOT_ROAMING),
        ("unproven", {}, Reason.MOBILE_UNPROVEN),
        (None, {"attestation": "A"}, Reason.NONE),
        (None, {"proven_caller": "+8619100000101"}, Reason.NONE),
        (None, {"proven_caller": "+8619100000102"}, Reason.MOBILE_UNPROVEN),
    ],
)
def test_a_mobile_from_abroad_is_judged_by_its_roaming(
    roaming: str | None, more: dict[str, object], reason: Reason
) -> None:
    assert reason_of("+8619100000101", "international_gateway", roaming=roaming, **more) is reason


def test_a_satellite_phone_may_call_from_abroad_unless_disproven() -> None:
    assert reason_of("17490001234", "international_gateway", roaming="disproven") is Reason.MOBILE_NOT_ROAMING


def test_bare_digits_that_are_a_full_number_of_another_country_are_let_be() -> None:
    assert reason_of("2034870000", "international_gateway") is Reason.NONE  # +20 3 487 0000 or 020 3487 0000


@pytest.mark.parametrize(
    ("caller", "ingress", "reason"),
    [
        ("10690000000", "mobile", Reason.PORT_CALLS),
        ("10690000000", "interconnect", Reason.PORT_CALLS),
        ("110", "leased_line", Reason.EMERGENCY_ON_LINE),
        ("110", "voip", Reason.EMERGENCY_ON_LINE),
        ("1064800000000", "mobile", Reason.IOT_CALLS),
        ("+8610110", "voip", Reason.DISGUISED_AT_HOME),
        ("+8610110", None, Reason.DISGUISED_AT_HOME),
        ("0013800138000", "interconnect", Reason.DISGUISED_AT_HOME),
        ("+999 123 456 789", "interconnect", Reason.IMPOSSIBLE_AT_HOME),
        ("110", "mobile", Reason.NONE),
        ("110", "interconnect", Reason.NONE),
        ("+8610086", "mobile", Reason.NONE),
        ("95588", "leased_line", Reason.NONE),
        ("4000000000", "leased_line", Reason.NONE),
        ("8001", "leased_line", Reason.NONE),
        ("95588", None, Reason.NONE),
        ("01088888888", "interconnect", Reason.NONE),
        ("+8619100000101", "mobile", Reason.NONE),
    ],
)
def test_call_from_home(caller: str, ingress: str | None, reason: Reason) -> None:
    assert reason_of(caller, ingress) is reason


@pytest.mark.parametrize("caller", ["110", "10690000000", "+8610110", "95588"])
@pytest.mark.parametrize("ingress", ["leased_line", "voip", "international_gateway"])
def test_a_number_that_the_line_was_proven_to_hold_is_let_be(caller: str, ingress: str) -> None:
    assert reason_of(caller, ingress, proven_caller=caller) is Reason.NONE


@given(st.lists(CALL, min_size=1, max_size=20))
def test_a_call_is_judged_alike_alone_and_among_others(calls: list[dict[str, object]]) -> None:
    together = judge(batch_of(calls)).reason.tolist()
    assert together == [int(judge(batch_of([call])).reason[0]) for call in calls]


def test_what_may_be_refused_is_only_what_comes_from_abroad() -> None:
    refused = {reason for reason, ground in GROUNDS.items() if ground.treatment == "refuse"}
    at_home = {Reason.PORT_CALLS, Reason.EMERGENCY_ON_LINE, Reason.IOT_CALLS, Reason.DISGUISED_AT_HOME}
    assert not refused & (at_home | {Reason.MOBILE_UNPROVEN, Reason.IMPOSSIBLE_AT_HOME, Reason.IRREGULAR_FROM_ABROAD})
    assert set(GROUNDS) == set(Reason) - {Reason.NONE}
