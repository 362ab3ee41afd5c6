"""Misused IoT cards call, text and change regions, and from level 1 stay inside the limits."""

from tests.simulate.scenario_run import DAY_MS, MONDAY, max_per_day, run_scenario


def test_cards_of_meters_call_and_text_from_another_device_in_other_areas() -> None:
    run = run_scenario("iot_card_misuse", days=4, people=20_000, gangs=1)
    numbers = run.subjects("phone_number")
    assert all(len(number) == len("+86") + 13 for number in numbers)
    assert {row["caller"] for row in run["call_offered"]} == {row["sender"] for row in run["message"]} == numbers
    number = min(numbers)
    sim_use = [row for row in run["sim_use"] if row["number"] == number]
    assert len({row["device"] for row in sim_use}) == 2
    assert len({row["cell"].split("-")[2] for row in sim_use}) == 4


def test_nothing_is_misused_on_the_first_day() -> None:
    run = run_scenario("iot_card_misuse", gangs=1)
    assert min(row["occurred_at"] for row in run["call_offered"]) >= MONDAY + DAY_MS


def test_a_wise_thief_keeps_the_device_and_calls_less() -> None:
    run = run_scenario("iot_card_misuse", 1, gangs=1)
    assert max_per_day(run["call_offered"], "caller") == 2
    assert max_per_day(run["message"], "sender") == 9
    assert len({(row["number"], row["device"]) for row in run["sim_use"]}) == 5
