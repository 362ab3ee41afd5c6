"""Everybody is warned: with the version in use, with one of a running trial, else with the shipped words."""

from collections import Counter
from pathlib import Path

from django.utils import timezone
from tests.command.people import World
from tests.command.warnings.wordings_made import TEXTS, approved, running, write

from fanzha.command.warnings.models import TrialArm
from fanzha.command.warnings.selectors import draw_arm, find_in_use, shipped_wording, wording_for
from fanzha.warn import find_call_script


def test_without_a_version_of_its_own_an_organisation_sends_the_shipped_words(world: World, home: Path) -> None:
    write(world)
    script = find_call_script("fake_loan")
    for owner in (None, world["carrier"]):
        assert wording_for("fake_loan", "text", "p", owner=owner) == (script.text, script.name)
    assert shipped_wording("fake_loan", "flash_sms").words == script.flash
    voice = shipped_wording("fake_loan", "voice").words
    assert voice.zh.endswith(script.now.zh) and voice.en.startswith(script.text.en.rstrip("."))


def test_the_version_in_use_is_sent_by_its_organisation_alone(world: World, home: Path) -> None:
    row = approved(world, is_used=True)
    assert find_in_use(world["carrier"], "fake_loan", "text") == row
    assert wording_for("fake_loan", "text", "p", owner=world["carrier"]) == (TEXTS, "fake_loan/text/1")
    assert wording_for("fake_loan", "text", "p", owner=world["mvno"]).version == find_call_script("fake_loan").name


def test_a_trial_gives_everybody_one_wording_and_keeps_it(world: World, home: Path) -> None:
    trial = running(world)
    people = [f"person {number}" for number in range(400)]
    drawn = {person: wording_for("fake_loan", "text", person, owner=world["carrier"]).version for person in people[:40]}
    again = {person: wording_for("fake_loan", "text", person, owner=world["carrier"]).version for person in people[:40]}
    arms = list(trial.arms.select_related("wording"))
    shares = Counter(draw_arm(arms, person).pk for person in people)
    assert drawn == again and set(drawn.values()) == {arm.wording.version for arm in arms}
    assert all(140 < count < 260 for count in shares.values())


def test_nobody_goes_without_a_warning_when_an_arm_is_halted(world: World, home: Path) -> None:
    trial = running(world)
    first, second = trial.arms.order_by("pk")
    TrialArm.objects.filter(pk=first.pk).update(halted_at=timezone.now())
    versions = {wording_for("fake_loan", "text", f"p{n}", owner=world["carrier"]).version for n in range(12)}
    assert versions == {second.wording.version}
    TrialArm.objects.update(halted_at=timezone.now())
    assert wording_for("fake_loan", "text", "p", owner=world["carrier"]).words.zh
