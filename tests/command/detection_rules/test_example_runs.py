"""The examples of a typed text run in a child process, which is stopped if it takes too long."""

from tests.command.detection_rules.factories import RULE

from fanzha.command.detection_rules import example_runs


def test_a_run_that_takes_too_long_is_stopped(home: object) -> None:
    runs, problem = example_runs.run_examples(RULE, timeout=0.01)
    assert runs == [] and problem is not None and "took too long" in problem.en


def test_one_text_at_a_time(home: object) -> None:
    with example_runs._ONE_AT_A_TIME:
        runs, problem = example_runs.run_examples(RULE)
    assert runs == [] and problem is not None and "other examples are running" in problem.en


def test_a_text_that_cannot_be_run_says_why(home: object) -> None:
    runs, problem = example_runs.run_examples("rule")
    assert runs == [] and problem is not None and problem.en.startswith("the examples could not be run: ")
