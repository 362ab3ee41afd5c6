"""Pages say how long a text is, what is wrong in it, and nothing about arms with few people."""

from pathlib import Path

from tests.command.people import World
from tests.command.warnings.wordings_made import approved, running, write

from fanzha.command.warnings.presenters import present_arm, present_check, present_wording, trial_badge, wording_title
from fanzha.command.warnings.trials import ArmResult, ArmShare, difference
from fanzha.command.web.roles import Role


def test_a_check_tells_errors_hints_and_sizes() -> None:
    check = present_check("text", "请挂断" + "一" * 80, "Hang up. Call 4008001234.")
    assert [line.split(":")[0] for line in check.errors] == ["English"] and len(check.hints) == 3
    assert check.sizes == ["Chinese: 83 of 201 characters, 2 messages", "English: 25 of 201 characters, 1 message"]
    assert present_check("voice", "", "").sizes[0] == "Chinese: 0 of 300 characters"


def test_who_may_do_what_with_a_version(world: World, home: Path) -> None:
    reviewer, analyst = world.viewer("carrier", Role.REVIEWER), world.viewer("carrier", Role.ANALYST)
    draft, used = write(world), approved(world, is_used=True)
    assert present_wording(draft, reviewer).may_decide and not present_wording(draft, analyst).may_decide
    shown = present_wording(used, reviewer)
    assert (shown.may_decide, shown.may_use, shown.may_drop, shown.badge.word) == (False, False, True, "in use")
    assert wording_title("fake_loan", "text") == "fake loan · text message"


def test_an_arm_with_few_people_shows_no_share(world: World, home: Path) -> None:
    trial = running(world)
    arm = trial.arms.select_related("wording").order_by("pk")[0]
    few, many, all_lost = ArmShare(1, 29), ArmShare(15, 30), ArmShare(30, 30)
    shown = present_arm(ArmResult(arm, 29, few, few, difference(few, many)))
    assert (shown.share, shown.interval, shown.difference) == ("–", "–", "–")
    shown = present_arm(ArmResult(arm, 30, all_lost, all_lost, difference(all_lost, many)))
    assert shown.share == "100.0%" and shown.difference.startswith("+50.0%")
    assert trial_badge(trial).word == "running"
