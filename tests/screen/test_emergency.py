"""Emergency calls pass, and so do calls back to whoever placed one a short while ago."""

import pytest
from tests.screen.sip.calls import read_attempt, request

from fanzha.kinds.numbering.number_reader import read_number
from fanzha.screen import emergency
from fanzha.screen.emergency import EmergencyCalls

CALLER = "+8617000000001"


def test_numbers_of_the_plan_and_of_the_operator_are_emergency_numbers() -> None:
    calls = EmergencyCalls(["+86 10 0000 0911", "95119"])
    for number in ("110", "119", "120", "122", "010-00000911", "95119", "+8695119", "01095119"):
        assert is_emergency(number, calls)
    assert not is_emergency("+8617000000002", calls)
    assert not is_emergency("+8695119")


EMERGENCY_CALLEES = (
    *("110", "119", "120", "122", "12110", "12395"),
    *("+86110", "+86119", "+86120", "+86122", "0086110", "86110", "+8612110", "+86 110", "+86-110"),
    *("010110", "021120", "0755119", "0311122", "010-110", "(010)110", "+8610110", "+86755119", "+86010110"),
    *("008610110", "0086010110", "+86-755-120", "01012110"),
    *("tel:110", "tel:+86110", "TEL:+86-110", "tel:010110", "sip:110@example.com", "sip:+86110@x;user=phone"),
    *("110;phone-context=+86", "+86110;phone-context=+8610", "tel:110;phone-context=+86", "tel:110;phone-context=x.cn"),
    *("sip:110;phone-context=+86@x", "%31%31%30", "1%310", "%2B86110", "tel:%2b86110", "010%2D110"),
    *("１１０", "＋８６１１０", "٠١٠١١٠", " 110 "),
    *("urn:service:sos", "urn:service:sos.police", "URN:service:SOS.fire"),
)
ORDINARY_CALLEES = (
    *("01011012345", "+861011012345", "+8617000000110", "17000000110", "+8601088880110", "010 8888 0110"),
    *("8610110", "86755110", "86110110", "10110", "1101", "1100", "11", "0", "", "110110", "+86110110", "010110110"),
    *("95588", "+8695588", "01095588", "+8610010", "12345", "01012345", "96110", "01096110"),
    *("+1110", "+44110", "+852110", "tel:+1-110", "110;phone-context=+44", "+12125550110", "tel:+12125550119"),
    *("17951110", "*110#", "110#", "sip:alice@110.example.com", "alice;x=110", "urn:service:counseling", "x110"),
    *("anonymous", "%", "%31", "+86 (110) 1234567", "110;phone-context=+1;x=+86"),
)


def is_emergency(written: str, calls: EmergencyCalls | None = None) -> bool:
    return (calls or EmergencyCalls()).is_emergency(read_number(written), written)


@pytest.mark.parametrize("written", EMERGENCY_CALLEES)
def test_an_emergency_number_is_known_in_every_way_of_writing_it(written: str) -> None:
    assert is_emergency(written)


@pytest.mark.parametrize("written", ORDINARY_CALLEES)
def test_a_number_that_merely_contains_an_emergency_number_is_none(written: str) -> None:
    assert not is_emergency(written)


@pytest.mark.parametrize(
    "target",
    [
        *("sip:+86110@x", "sip:010110@x;user=phone", "tel:+86110", "tel:110;phone-context=+86", "sips:0755119@x"),
        *("sip:110;phone-context=+86@x", "sip:%31%31%30@x", "sip:1%310@x", "sip:%2B86110@x", "urn:service:sos"),
    ],
)
def test_the_target_of_a_sip_call_is_an_emergency_number_as_well(target: str) -> None:
    assert is_emergency(read_attempt(request(line=f"INVITE {target} SIP/2.0")).callee)


def test_lines_of_help_are_those_of_the_plan_and_the_operators_own() -> None:
    calls = EmergencyCalls(help_lines=["010-00000912"])
    assert all(map(calls.is_help_line, ("96110", "10086", "+861000000912")))
    assert not calls.is_help_line("95588")


def test_a_call_back_is_expected_for_a_while() -> None:
    calls = EmergencyCalls(call_back_ms=1_000)
    calls.record_call(CALLER, 5_000)
    assert calls.may_be_called_back(CALLER, 5_999)
    assert not calls.may_be_called_back(CALLER, 6_000)
    assert not calls.may_be_called_back("+8617000000009", 5_500)


def test_what_is_remembered_is_bounded_and_outlived_is_forgotten() -> None:
    calls = EmergencyCalls(call_back_ms=1_000)
    calls.record_call(CALLER, 0)
    calls.record_call("+8617000000002", 5_000)
    assert calls.save() == {"+8617000000002": 5_000}
    for number in range(emergency.MAX_REMEMBERED + 10):
        calls.record_call(f"+86{17_100_000_000 + number}", 5_001)
    assert len(calls.save()) == emergency.MAX_REMEMBERED


def test_another_process_goes_on_from_what_was_saved() -> None:
    calls, second = EmergencyCalls(), EmergencyCalls()
    calls.record_call(CALLER, 5)
    second.restore(calls.save())
    assert second.may_be_called_back(CALLER, 6)
