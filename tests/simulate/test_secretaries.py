"""Lines of an office are forwarded to a secretary by day and back in the evening."""

from tests.simulate.told import tell


def test_what_is_set_in_the_morning_is_cleared_in_the_evening() -> None:
    told = tell("secretaries")
    secretaries = told.subjects("phone_number")
    assert {row["target"] for row in told["forwarding"]} == secretaries
    given = [(r["number"], r["target"], r["condition"]) for r in told["forwarding"] if r["action"] == "set"]
    taken = [(r["number"], r["target"], r["condition"]) for r in told["forwarding"] if r["action"] == "cleared"]
    assert given and sorted(given) == sorted(taken)


def test_several_lines_go_to_one_secretary_on_a_day() -> None:
    told = tell("secretaries", days=1)
    targets = [row["target"] for row in told["forwarding"] if row["action"] == "set"]
    assert max(targets.count(target) for target in set(targets)) >= 3
