"""A call is judged by where it came in and by the number it claims; innocent look-alikes are let be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.detect.gateway.calls import CALL, batch_of

from fanzha.detect.gateway.assessment import assess_batch
from fanzha.detect.gateway.reasons import GROUNDS, GatewayReason


def reason_of(caller: str | None, ingress: str | None, **fields: object) -> GatewayReason:
    return GatewayReason(assess_batch(batch_of([{"caller": caller, "ingress": ingress, **fields}])).reasons[0])


@pytest.mark.parametrize(
    ("caller", "reason"),
    [
        ("+8610110", GatewayReason.DISGUISED_FROM_ABROAD),
        ("+1 013 800 1380", GatewayReason.DISGUISED_FROM_ABROAD),
        ("110", GatewayReason.EMERGENCY_FROM_ABROAD),
        ("95588", GatewayReason.SERVICE_FROM_ABROAD),
        ("12345", GatewayReason.SERVICE_FROM_ABROAD),
        ("057196345", GatewayReason.SERVICE_FROM_ABROAD),
        ("10690000000", GatewayReason.PORT_FROM_ABROAD),
        ("4000000000", GatewayReason.HOTLINE_FROM_ABROAD),
        ("8000000000", GatewayReason.HOTLINE_FROM_ABROAD),
        ("01088888888", GatewayReason.FIXED_FROM_ABROAD),
        ("+86 10 8888 8888", GatewayReason.FIXED_FROM_ABROAD),
        ("+86 154 0000 0000", GatewayReason.IMPOSSIBLE_FROM_ABROAD),
        ("+999 123 456 789", GatewayReason.IMPOSSIBLE_FROM_ABROAD),
        ("+8619100000101", GatewayReason.MOBILE_UNPROVEN),
        ("17000000101", GatewayReason.MOBILE_UNPROVEN),
        ("1064800000000", GatewayReason.MOBILE_UNPROVEN),
        ("+44 7700 900123", GatewayReason.UNASSIGNED_ABROAD),
        ("+1 900 234 5678", GatewayReason.PREMIUM_FROM_ABROAD),
        ("95121234", GatewayReason.IRREGULAR_FROM_ABROAD),
        ("87654321", GatewayReason.IRREGULAR_FROM_ABROAD),
        ("+44 20 7946 0958", GatewayReason.NONE),
        ("+852 9123 4567", GatewayReason.NONE),
        ("85291234567", GatewayReason.NONE),
        ("+870 773 111 111", GatewayReason.NONE),
        ("17490001234", GatewayReason.NONE),
        ("10655888", GatewayReason.PORT_FROM_ABROAD),
        ("ICBC", GatewayReason.IRREGULAR_FROM_ABROAD),
        ("95588A", GatewayReason.IRREGULAR_FROM_ABROAD),
        ("1380013800O", GatewayReason.IRREGULAR_FROM_ABROAD),
        ("sip:ll0@igw.example", GatewayReason.IRREGULAR_FROM_ABROAD),
        ("anonymous", GatewayReason.NONE),
        ("sip:anonymous@anonymous.invalid", GatewayReason.NONE),
        ("Unavailable", GatewayReason.NONE),
        ("", GatewayReason.NONE),
        (None, GatewayReason.NONE),
    ],
)
def test_call_from_abroad(caller: str | None, reason: GatewayReason) -> None:
    assert reason_of(caller, "international_gateway") is reason


@pytest.mark.parametrize(
    ("roaming", "fields", "reason"),
    [
        ("proven", {}, GatewayReason.NONE),
        ("disproven", {}, GatewayReason.MOBILE_NOT_ROAMING),
        ("unproven", {}, GatewayReason.MOBILE_UNPROVEN),
        (None, {"attestation": "A"}, GatewayReason.NONE),
        (None, {"proven_caller": "+8619100000101"}, GatewayReason.NONE),
        (None, {"proven_caller": "+8619100000102"}, GatewayReason.MOBILE_UNPROVEN),
    ],
)
def test_a_mobile_from_abroad_is_judged_by_its_roaming(
    roaming: str | None, fields: dict[str, object], reason: GatewayReason
) -> None:
    assert reason_of("+8619100000101", "international_gateway", roaming=roaming, **fields) is reason


def test_a_satellite_phone_may_call_from_abroad_unless_disproven() -> None:
    assert reason_of("17490001234", "international_gateway", roaming="disproven") is GatewayReason.MOBILE_NOT_ROAMING


def test_bare_digits_that_are_a_full_number_of_another_country_are_let_be() -> None:
    assert reason_of("2034870000", "international_gateway") is GatewayReason.NONE  # +20 3 487 0000 or 020 3487 0000


@pytest.mark.parametrize(
    ("caller", "ingress", "reason"),
    [
        ("10690000000", "mobile", GatewayReason.PORT_CALLS),
        ("10690000000", "interconnect", GatewayReason.PORT_CALLS),
        ("110", "leased_line", GatewayReason.EMERGENCY_ON_LINE),
        ("110", "voip", GatewayReason.EMERGENCY_ON_LINE),
        ("1064800000000", "mobile", GatewayReason.IOT_CALLS),
        ("+8610110", "voip", GatewayReason.DISGUISED_AT_HOME),
        ("+8610110", None, GatewayReason.DISGUISED_AT_HOME),
        ("0013800138000", "interconnect", GatewayReason.DISGUISED_AT_HOME),
        ("+999 123 456 789", "interconnect", GatewayReason.IMPOSSIBLE_AT_HOME),
        ("110", "mobile", GatewayReason.NONE),
        ("110", "interconnect", GatewayReason.NONE),
        ("+8610086", "mobile", GatewayReason.NONE),
        ("95588", "leased_line", GatewayReason.NONE),
        ("4000000000", "leased_line", GatewayReason.NONE),
        ("8001", "leased_line", GatewayReason.NONE),
        ("95588", None, GatewayReason.NONE),
        ("01088888888", "interconnect", GatewayReason.NONE),
        ("+8619100000101", "mobile", GatewayReason.NONE),
    ],
)
def test_call_from_home(caller: str, ingress: str | None, reason: GatewayReason) -> None:
    assert reason_of(caller, ingress) is reason


@pytest.mark.parametrize("caller", ["110", "10690000000", "+8610110", "95588"])
@pytest.mark.parametrize("ingress", ["leased_line", "voip", "international_gateway"])
def test_a_number_that_the_line_was_proven_to_hold_is_let_be(caller: str, ingress: str) -> None:
    assert reason_of(caller, ingress, proven_caller=caller) is GatewayReason.NONE


@given(st.lists(CALL, min_size=1, max_size=20))
def test_a_call_is_judged_alike_alone_and_among_others(calls: list[dict[str, object]]) -> None:
    together = assess_batch(batch_of(calls)).reasons.tolist()
    assert together == [int(assess_batch(batch_of([call])).reasons[0]) for call in calls]


def test_what_may_be_refused_is_only_what_comes_from_abroad() -> None:
    refused = {reason for reason, ground in GROUNDS.items() if ground.treatment == "refuse"}
    at_home = {
        GatewayReason.PORT_CALLS,
        GatewayReason.EMERGENCY_ON_LINE,
        GatewayReason.IOT_CALLS,
        GatewayReason.DISGUISED_AT_HOME,
    }
    assert not refused & (
        at_home | {GatewayReason.MOBILE_UNPROVEN, GatewayReason.IMPOSSIBLE_AT_HOME, GatewayReason.IRREGULAR_FROM_ABROAD}
    )
    assert set(GROUNDS) == set(GatewayReason) - {GatewayReason.NONE}
