"""Attackers of higher levels stay inside limits, rotate identities and hide."""

import pytest

from fanzha.base.errors import UsageError
from fanzha.simulate import Settings
from fanzha.simulate._parameters import Limit, check_overrides, count_gangs, resolve_parameters

PARAMETERS = {"calls": 60.0, "seconds": 10.0, "any": 1.0}
LIMITS = {"calls": Limit(30), "seconds": Limit(20, at_least=False), "any": Limit(1)}


def build_settings(**overrides: object) -> Settings:
    return Settings(100, 3, 1, 0, **overrides)  # type: ignore[arg-type]


def resolved_values(level: int, **overrides: object) -> tuple[float, float, float]:
    resolved = resolve_parameters("burst", PARAMETERS, LIMITS, level, build_settings(**overrides))
    return resolved["calls"], resolved["seconds"], resolved["any"]


def test_the_blunt_know_no_limit() -> None:
    assert resolved_values(0) == (60, 10, 1)


def test_from_level_one_on_they_stay_one_inside() -> None:
    assert resolved_values(1) == resolved_values(2) == (29, 21, 0.5)


def test_those_who_hide_leave_room_for_their_innocent_calls() -> None:
    assert resolved_values(3) == (27, 21, 0.5)


def test_a_parameter_below_the_limit_stays() -> None:
    assert resolved_values(1, parameters={"burst.calls": 7.0})[0] == 7


def test_the_limits_they_believe_in_can_be_given() -> None:
    assert resolved_values(1, limits={"burst": {"calls": 12.0}})[0] == 11


def test_they_may_stay_inside_a_share_of_each_limit() -> None:
    assert resolved_values(1, limits_share=0.5) == (14, 41, 0.5)
    assert resolved_values(1, limits_share=0.01)[0] == 1


def test_identities_take_turns_from_level_two_on() -> None:
    assert [resolve_parameters("burst", {}, {}, level, build_settings()).identity_count for level in range(4)] == [
        1,
        1,
        4,
        4,
    ]
    assert [resolve_parameters("burst", {}, {}, level, build_settings()).hides for level in range(4)] == [
        False,
        False,
        False,
        True,
    ]


def test_how_many_gangs_is_a_parameter_of_one_fraud_or_of_all() -> None:
    assert count_gangs("burst", build_settings(parameters={"gangs": 2.0})) == 2
    assert count_gangs("burst", build_settings(parameters={"gangs": 2.0, "burst.gangs": 9.0})) == 9


@pytest.mark.parametrize("parameters", [{"burst.colour": 1.0}, {"other.calls": 1.0}, {"colour": 1.0}])
def test_an_unknown_parameter_is_an_error_that_names_those_there_are(parameters: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=r"burst\.calls"):
        check_overrides({"burst": (PARAMETERS, LIMITS)}, build_settings(parameters=parameters))


@pytest.mark.parametrize("limits", [{"burst": {"colour": 1.0}}, {"other": {"calls": 1.0}}])
def test_an_unknown_limit_is_an_error_that_names_those_there_are(limits: dict[str, dict[str, float]]) -> None:
    with pytest.raises(UsageError, match=r"burst\.seconds"):
        check_overrides({"burst": (PARAMETERS, LIMITS)}, build_settings(limits=limits))
