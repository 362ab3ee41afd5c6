"""The checks of steps are found by folder, and what they raise stops the step."""

import pytest

from fanzha.command.processes.step_checks import StepAttempt, load_checks, run_checks
from fanzha.processes.refusal import Refusal

#: An order that no kind of target is for.
WRONG = StepAttempt("forward", {"holder": None}, {"target_kind": "number", "action": "none"}, 0)


def test_those_of_orders_are_found() -> None:
    assert [one.__module__ for one in load_checks()["order"]] == ["fanzha.command.orders.checks"]


def test_what_a_check_has_against_a_step_is_raised_for_its_own_process_alone() -> None:
    with pytest.raises(Refusal, match="not for this kind of target"):
        run_checks("order", WRONG)
    assert "lead" not in load_checks()
    run_checks("lead", WRONG)
