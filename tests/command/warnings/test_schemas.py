"""A version says how long it is; an arm with few people has no share."""

from pathlib import Path

from tests.command.people import World
from tests.command.warnings.wordings_made import TEXTS, running

from fanzha.command.warnings.schemas import TrialArmOut, WordingOut, WordingTrialOut
from fanzha.command.warnings.trials import ArmResult, ArmShare, difference


def test_sizes_and_shares(world: World, home: Path) -> None:
    trial = running(world)
    arm = trial.arms.select_related("wording").order_by("pk")[0]
    assert WordingOut.of(arm.wording).units == len(TEXTS.zh) and WordingTrialOut.of(trial).arms == []
    few, many = ArmShare(1, 2), ArmShare(20, 40)
    assert TrialArmOut.of(ArmResult(arm, 2, few, few, None)).share is None
    out = TrialArmOut.of(ArmResult(arm, 40, many, many, difference(many, many)))
    assert (out.share, out.difference) == (0.5, 0.0) and out.low is not None and out.low < 0.5
