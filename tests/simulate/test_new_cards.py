"""Cards are opened here and there, and then used like any."""

from tests.simulate.told import tell


def test_cards_are_opened_every_day_at_all_outlets_and_are_innocent() -> None:
    told = tell("new_cards", days=4, people=4_000)
    opened = told["registration"]
    assert len(opened) == 4 * 4
    assert {row["number"] for row in opened} == told.subjects("phone_number", "ordinary")
    assert {row["outlet"] for row in opened} <= told.subjects("outlet", "ordinary")
    assert {row["result"] for row in opened} == {"passed"}
    assert any(row["caller"] in told.subjects("phone_number") for row in told["call_offered"])
