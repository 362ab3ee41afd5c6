"""An operator sets spans within what the law allows, and is told of a wrong one at the start."""

import pytest

from fanzha.base.clock import moment_ms
from fanzha.base.errors import UsageError
from fanzha.processes import ProcessSettings, all_processes, check_settings
from fanzha.processes.process import Clock

ORDER = all_processes()["order"]
LEGS = ORDER.legs
FRIDAY = moment_ms("2026-03-06T16:00:00+08:00")


def span(settings: ProcessSettings, name: str, choice: str = "") -> str:
    assert LEGS
    deadline = {**ORDER.deadlines, **LEGS.deadlines}[name]
    return settings.span_of(ORDER, name, deadline, choice)


def test_spans_come_from_the_operator_or_from_the_file() -> None:
    assert span(ProcessSettings(), "second_person") == "10min"
    assert span(ProcessSettings(spans={"order.second_person": "5min"}), "second_person") == "5min"
    assert span(ProcessSettings(), "execute", "site") == "2h"
    assert span(ProcessSettings(spans={"order.execute.site": "1h"}), "execute", "site") == "1h"


def test_nothing_is_longer_than_its_longest() -> None:
    assert span(ProcessSettings(spans={"order.ratification": "3h"}), "ratification") == "2h"


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("order.second_person", "soon", "soon"),
        ("order.nothing", "1h", "no deadline"),
        ("order.execute", "1h", "no deadline"),
        ("order.second_person.number", "1h", "no deadline"),
        ("order.ratification", "3h", "more than may be set"),
        ("order.hear_appeal", "90min", "whole days or hours"),
    ],
)
def test_wrong_settings_are_told(key: str, value: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        check_settings(ProcessSettings(spans={key: value}), all_processes())


def test_right_settings_pass() -> None:
    check_settings(ProcessSettings(spans={"order.execute.site": "1h", "order.hear_appeal": "2d"}), all_processes())


def test_time_is_counted_by_the_clock_or_by_a_calendar_of_the_organisation() -> None:
    settings = ProcessSettings()
    assert settings.after(FRIDAY, "2h", Clock.CLOCK, "x") == FRIDAY + 7_200_000
    assert settings.after(FRIDAY, "2h", Clock.BUSINESS, "x") == moment_ms("2026-03-09T10:00:00+08:00")
    assert settings.after(FRIDAY, "1d", Clock.BUSINESS, "x") == moment_ms("2026-03-10T00:00:00+08:00")
