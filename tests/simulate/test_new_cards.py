"""Cards are opened every day and then used normally."""

from tests.simulate.scenario_run import run_scenario


def test_cards_are_opened_every_day_at_all_outlets_and_are_innocent() -> None:
    run = run_scenario("new_cards", days=4, people=4_000)
    opened = run["registration"]
    assert len(opened) == 4 * 4
    assert {row["number"] for row in opened} == run.subjects("phone_number", "ordinary")
    assert {row["outlet"] for row in opened} <= run.subjects("outlet", "ordinary")
    assert {row["result"] for row in opened} == {"passed"}
    assert any(row["caller"] in run.subjects("phone_number") for row in run["call_offered"])
