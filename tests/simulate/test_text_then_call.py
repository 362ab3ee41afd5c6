"""A call from abroad follows a text with a link to the same victim."""

from tests.simulate.scenario_run import run_scenario


def measure_gap_minutes(level: int) -> list[float]:
    run = run_scenario("text_then_call", level, gangs=1)
    texted = {row["recipient"]: row["occurred_at"] for row in run["message"] if "http" in row["text"]}
    victims = run.subjects("phone_number", "victim")
    trunks = run.subjects("trunk")
    calls = [row for row in run["call_offered"] if row["trunk"] in trunks and row["callee"] in victims]
    return [(row["occurred_at"] - texted[row["callee"]]) / 60_000 for row in calls if row["callee"] in texted]


def test_the_call_follows_the_text_within_minutes() -> None:
    assert measure_gap_minutes(0) and {10 <= gap < 11.1 for gap in measure_gap_minutes(0)} == {True}


def test_a_wise_caller_waits_longer_than_the_limit() -> None:
    assert min(measure_gap_minutes(1)) > 30


def test_victims_are_known_with_the_moment_the_harm_is_done() -> None:
    run = run_scenario("text_then_call", gangs=1)
    victims = [row for row in run.truth if row["role"] == "victim"]
    assert len(victims) == 8 * 3
    assert {row["until_ms"] > row["from_ms"] for row in victims} == {True}
