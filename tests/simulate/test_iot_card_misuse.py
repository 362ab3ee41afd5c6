"""IoT cards in phones: they call, text and travel; a wise thief does a little less of each."""

from tests.simulate.told import DAY_MS, MONDAY, most_in_a_day, tell


def test_cards_of_meters_call_and_text_from_another_device_in_other_areas() -> None:
    told = tell("iot_card_misuse", days=4, people=20_000, gangs=1)
    numbers = told.subjects("phone_number")
    assert all(len(number) == len("+86") + 13 for number in numbers)
    assert {row["caller"] for row in told["call_offered"]} == {row["sender"] for row in told["message"]} == numbers
    one = min(numbers)
    used = [row for row in told["sim_use"] if row["number"] == one]
    assert len({row["device"] for row in used}) == 2
    assert len({row["cell"].split("-")[2] for row in used}) == 4


def test_nothing_is_misused_on_the_first_day() -> None:
    told = tell("iot_card_misuse", gangs=1)
    assert min(row["occurred_at"] for row in told["call_offered"]) >= MONDAY + DAY_MS


def test_a_wise_thief_keeps_the_device_and_calls_less() -> None:
    told = tell("iot_card_misuse", 1, gangs=1)
    assert most_in_a_day(told["call_offered"], "caller") == 2
    assert most_in_a_day(told["message"], "sender") == 9
    assert len({(row["number"], row["device"]) for row in told["sim_use"]}) == 5
