"""The form of a step offers the states that may follow, and the emergency to those who may promote alone."""

from tests.command.people import World

from fanzha.claims.rule_lifecycle import RuleState
from fanzha.command.detection_rules.forms import DecisionForm, RuleStepForm
from fanzha.command.detection_rules.services import WantedStep
from fanzha.command.web.roles import Role


def test_a_share_is_entered_in_per_cent(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    form = RuleStepForm(RuleState.SHADOW, viewer, {"state": "share", "share": "12.5", "why": "quiet"})
    assert form.is_valid() and form.to_step() == WantedStep(RuleState.SHARE, "quiet", 0.125)
    assert "emergency" not in form.fields
    assert "emergency" in RuleStepForm(RuleState.SHADOW, world.viewer("carrier", Role.DUTY_OFFICER)).fields


def test_no_state_is_skipped(world: World) -> None:
    form = RuleStepForm(RuleState.SHADOW, world.viewer("carrier", Role.ANALYST), {"state": "live", "why": "w"})
    assert not form.is_valid() and "state" in form.errors


def test_a_decision_needs_a_reason() -> None:
    assert not DecisionForm({"do": "approve", "why": " "}).is_valid()
    assert DecisionForm({"do": "refuse", "why": "not yet"}).is_valid()
