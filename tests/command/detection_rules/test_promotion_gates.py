"""The gates of a promotion say what is met, what the service requires and what is advised."""

from tests.command.detection_rules.factories import RULE, asked, home, in_shadow, rule_state
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.detection_rules.promotion_gates import PromotionGate, life_stages, promotion_gates
from fanzha.command.subjects.models import FindingRow

GOOD = (
    RULE.rstrip()
    + """
  sentence "一小时内呼出多次。" "Made many calls in an hour."
  example "四十次" "forty" finds "+8617000000011"
    40 call_ended every 1 min with caller = "+8617000000011", proven_caller = "+8617000000011"
  example "三次" "three" finds nothing
    3 call_ended every 1 min with caller = "+8617000000012", proven_caller = "+8617000000012"
"""
)


def gates(world: World, text: str, *findings: FindingRow) -> dict[str, PromotionGate]:
    return {gate.words: gate for gate in promotion_gates(rule_state(world, text), findings)}


def test_what_the_service_requires_is_met_by_backtest_shadow_and_a_request(world: World) -> None:
    text = in_shadow(world)
    before = gates(world, text)
    assert [name for name, gate in before.items() if gate.is_required and not gate.is_met] == ["Second person"]
    assert "Lin" in before["Second person"].note
    asked(world, text)
    assert all(gate.is_met for gate in gates(world, text).values() if gate.is_required)


def test_what_is_missing_is_said(world: World) -> None:
    found = gates(world, in_shadow(world, days=2, tested=False))
    assert "7 days in shadow" in found["Time in shadow"].note and not found["Time in shadow"].is_met
    assert not found["Backtest stored"].is_met and not found["Sentence present"].is_met


def test_sentence_examples_budget_and_windows_are_advised(world: World) -> None:
    text = in_shadow(world, text=GOOD)
    with (home() / "fanzha.toml").open("a") as file:
        file.write("[budget.burst]\nsubjects_an_hour = 20\n")
    full = finding_row(world["carrier"], subject(), detector="burst")
    found = gates(world, text, full)
    names = ("Sentence present", "Examples present", "Harm budget of its own", "Windows full")
    assert all(found[name].is_met and not found[name].is_required for name in names)
    full.maturity = "windows_not_full"
    assert not gates(world, text, full)["Windows full"].is_met
    assert "20 subjects an hour" in found["Harm budget of its own"].note


def test_stages_go_from_draft_to_live(world: World) -> None:
    stages = life_stages(rule_state(world, in_shadow(world)))
    assert [stage.word for stage in stages if stage.now] == ["shadow"] and sum(stage.done for stage in stages) == 3
