"""An answer holds another calling number only where it differs, and a hop knows whether it is late."""

from datetime import timedelta

from django.utils import timezone

from fanzha.command.call_traceback.models import TracebackHop
from fanzha.command.call_traceback.schemas import HopAnswer, HopOut, is_late

NOW = timezone.now()


def hop(**values: object) -> TracebackHop:
    plain = {"number": 1, "operator_name": "b", "asked_at": NOW, "due_at": NOW + timedelta(hours=1)}
    return TracebackHop(**plain | values)


def test_the_same_caller_stays_here() -> None:
    assert HopAnswer.of(hop(caller="+8617000000001")).caller == ""
    assert HopAnswer.of(hop(caller="+8617000000001", caller_changed=True)).caller == "+8617000000001"


def test_own_programs_get_masked_numbers() -> None:
    assert "17000000001" not in HopOut.at(hop(caller="+8617000000001", caller_changed=True), NOW).caller


def test_a_hop_is_late_when_its_time_is_over() -> None:
    assert not is_late(hop(), NOW) and is_late(hop(), NOW + timedelta(hours=2))
    assert is_late(hop(answered_at=NOW + timedelta(hours=2)), NOW + timedelta(hours=3))
    assert not is_late(hop(due_at=None), NOW + timedelta(days=9))
