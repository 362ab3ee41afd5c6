"""Office lines are forwarded to a secretary in the morning and cleared in the evening."""

from tests.simulate.scenario_run import run_scenario


def test_what_is_set_in_the_morning_is_cleared_in_the_evening() -> None:
    run = run_scenario("secretaries")
    secretaries = run.subjects("phone_number")
    assert {row["target"] for row in run["forwarding"]} == secretaries
    set_rows = [(r["number"], r["target"], r["condition"]) for r in run["forwarding"] if r["action"] == "set"]
    cleared_rows = [(r["number"], r["target"], r["condition"]) for r in run["forwarding"] if r["action"] == "cleared"]
    assert set_rows and sorted(set_rows) == sorted(cleared_rows)


def test_several_lines_go_to_one_secretary_on_a_day() -> None:
    run = run_scenario("secretaries", days=1)
    targets = [row["target"] for row in run["forwarding"] if row["action"] == "set"]
    assert max(targets.count(target) for target in set(targets)) >= 3
