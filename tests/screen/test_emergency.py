"""Emergency calls pass, and so do calls back to whoever placed one a short while ago."""

from fanzha.kinds.numbering.number_reader import read_number
from fanzha.screen import emergency
from fanzha.screen.emergency import EmergencyCalls

CALLER = "+8617000000001"


def test_numbers_of_the_plan_and_of_the_operator_are_emergency_numbers() -> None:
    calls = EmergencyCalls(["+86 10 0000 0911"])
    for number in ("110", "119", "120", "122"):
        seen = read_number(number)
        assert calls.is_emergency(seen.canonical, seen.number_class)
    own = read_number("010-00000911")
    assert calls.is_emergency(own.canonical, own.number_class)
    other = read_number("+8617000000002")
    assert not calls.is_emergency(other.canonical, other.number_class)


def test_lines_of_help_are_those_of_the_plan_and_the_operators_own() -> None:
    calls = EmergencyCalls(help_lines=["010-00000912"])
    assert all(map(calls.is_help_line, ("96110", "10086", "+861000000912")))
    assert not calls.is_help_line("95588")


def test_a_call_back_is_expected_for_a_while() -> None:
    calls = EmergencyCalls(call_back_ms=1_000)
    calls.called(CALLER, 5_000)
    assert calls.may_be_called_back(CALLER, 5_999)
    assert not calls.may_be_called_back(CALLER, 6_000)
    assert not calls.may_be_called_back("+8617000000009", 5_500)


def test_what_is_remembered_is_bounded_and_outlived_is_forgotten() -> None:
    calls = EmergencyCalls(call_back_ms=1_000)
    calls.called(CALLER, 0)
    calls.called("+8617000000002", 5_000)
    assert calls.save() == {"+8617000000002": 5_000}
    for number in range(emergency.MOST_REMEMBERED + 10):
        calls.called(f"+86{17_100_000_000 + number}", 5_001)
    assert len(calls.save()) == emergency.MOST_REMEMBERED


def test_another_process_goes_on_from_what_was_saved() -> None:
    calls, other = EmergencyCalls(), EmergencyCalls()
    calls.called(CALLER, 5)
    other.restore(calls.save())
    assert other.may_be_called_back(CALLER, 6)
