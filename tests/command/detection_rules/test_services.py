"""Findings of a rule act only after a second person agreed, signed in as himself; an emergency is on record."""

from pathlib import Path

import pytest
from django.utils import timezone
from msgspec.structs import replace
from tests.command.detection_rules.factories import FULL, asked, in_shadow, rule_state
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.command.audit.selectors import log_entries
from fanzha.command.detection_rules.models import RuleRequest
from fanzha.command.detection_rules.selectors import find_rule_text
from fanzha.command.detection_rules.services import WantedStep, approve, refuse, take_step
from fanzha.command.evidence.entry_words import parse_facts
from fanzha.command.organizations.models import Membership
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.rule_promotion import promote
from fanzha.store.rule_texts import RuleTexts


def kinds() -> list[str]:
    with unscoped("all entries of the test"):
        return [entry.kind for entry in log_entries() if entry.kind.startswith("rule_")]


def requests_named() -> list[object]:
    with unscoped("all entries of the test"):
        return [parse_facts(entry.facts).get("request") for entry in log_entries() if entry.kind.startswith("rule_")]


def refused(world: World, text: str, wanted: WantedStep, *roles: Role) -> Refusal:
    with pytest.raises(Refusal) as error:
        take_step(rule_state(world, text), wanted, world.viewer("carrier", *(roles or (Role.ANALYST,))))
    return error.value


def test_a_promotion_waits_for_another_person_who_takes_the_step(world: World) -> None:
    text = in_shadow(world)
    request = asked(world, text)
    assert RuleTexts().select("burst").step.state is RuleState.SHADOW
    approve(request, "seen the report", world.viewer("carrier", Role.REVIEWER))
    step = RuleTexts().select("burst").step
    reviewer, analyst = world.person("carrier", Role.REVIEWER), world.person("carrier", Role.ANALYST)
    assert (step.state, step.share, step.request) == (RuleState.SHARE, 0.1, request.ref)
    assert (step.by, step.asked_by) == (f"{reviewer} ({reviewer.ref})", f"{analyst} ({analyst.ref})")
    assert kinds() == ["rule_promotion_asked", "rule_promotion_approved"] and requests_named() == [request.ref] * 2
    with pytest.raises(Refusal, match="already been decided"):
        approve(request, "again", world.viewer("carrier", Role.REVIEWER))


def test_the_asker_never_approves_his_own_request(world: World) -> None:
    request = asked(world, in_shadow(world))
    asker = world.person("carrier", Role.ANALYST)
    Membership.objects.create(person=asker, organization=world["carrier"], role="reviewer")
    viewer = world.viewer("carrier", Role.ANALYST)._replace(roles=frozenset({"analyst", "reviewer"}))
    with pytest.raises(Refusal) as error:
        approve(request, "fine", viewer)
    assert error.value.reason is Reason.SAME_PERSON
    assert RuleTexts().select("burst").step.state is RuleState.SHADOW


def test_the_author_of_the_text_is_no_second_person(world: World) -> None:
    request = asked(world, in_shadow(world, author="Carrier REVIEWER"))
    with pytest.raises(Refusal, match="added the text"):
        approve(request, "fine", world.viewer("carrier", Role.REVIEWER))
    assert RuleRequest._base_manager.get().state == "waiting"


def test_neither_a_key_nor_an_analyst_approves(world: World) -> None:
    request = asked(world, in_shadow(world))
    key = world.viewer("carrier", Role.REVIEWER)._replace(person=None, key=1)
    for viewer in (key, world.viewer("carrier", Role.DUTY_OFFICER)):
        with pytest.raises(Refusal) as error:
            approve(request, "fine", viewer)
        assert error.value.reason is Reason.ROLE


def test_what_is_missing_is_refused_before_anybody_is_asked(world: World) -> None:
    text = in_shadow(world, days=2, tested=False)
    words = refused(world, text, FULL).words
    assert "stored backtest" in words.en and "影子运行满 7 天" in words.zh
    assert kinds() == [] and not RuleRequest._base_manager.exists()


def test_a_text_that_lost_its_time_in_shadow_meanwhile_is_not_promoted(world: World) -> None:
    text = in_shadow(world)
    request = asked(world, text)
    take_step(
        rule_state(world, text), WantedStep(RuleState.WARMING, "windows lost"), world.viewer("carrier", Role.ANALYST)
    )
    with pytest.raises(Refusal, match="cannot become share"):
        approve(request, "fine", world.viewer("carrier", Role.REVIEWER))
    assert RuleRequest._base_manager.get().state == "waiting" and "rule_promotion_approved" not in kinds()


def test_in_an_emergency_one_person_promotes_alone_on_record(world: World) -> None:
    text = in_shadow(world, days=1, tested=False)
    wanted = FULL._replace(emergency=True, why="a wave of frauds")
    assert refused(world, text, wanted).reason is Reason.ROLE
    officer = world.viewer("carrier", Role.DUTY_OFFICER)
    assert take_step(rule_state(world, text), wanted, officer) is None
    step = RuleTexts().select("burst").step
    assert (step.state, step.emergency, step.why) == (RuleState.SHARE, True, "a wave of frauds")
    assert kinds() == ["rule_emergency"]


def test_an_organization_that_no_longer_operates_the_rules_approves_nothing(world: World, home: Path) -> None:
    request = asked(world, in_shadow(world))
    (home / "fanzha.toml").write_text(f'[promotion]\norganisation = "{world["mvno"].ref}"\n')
    with pytest.raises(Refusal, match="Another organisation manages the rules"):
        approve(request, "fine", world.viewer("carrier", Role.REVIEWER))
    assert RuleTexts().select("burst").step.state is RuleState.SHADOW


def test_a_request_of_who_operated_the_rules_before_is_in_nobodys_way(world: World, home: Path) -> None:
    text = in_shadow(world)
    asked(world, text)
    (home / "fanzha.toml").write_text(f'[promotion]\norganisation = "{world["mvno"].ref}"\n')
    viewer = world.viewer("mvno", Role.ANALYST)
    with scoped_to(viewer):
        state = find_rule_text(viewer, text)
    assert state is not None and state.request is None
    assert take_step(state, FULL, viewer) is not None


def test_a_step_that_lacks_nothing_is_no_emergency(world: World) -> None:
    wanted = WantedStep(RuleState.RETIRED, "too many false hits", emergency=True)
    take_step(rule_state(world, in_shadow(world)), wanted, world.viewer("carrier", Role.REVIEWER))
    assert not RuleTexts().select("burst").step.emergency and kinds() == ["rule_step"]


def test_a_smaller_share_that_became_a_larger_one_meanwhile_is_refused(world: World) -> None:
    text = in_shadow(world)
    half = RuleStep(state=RuleState.SHARE, at=to_ms(timezone.now()), by="Wang", why="a test", share=0.5)
    promote("burst", half)
    seen = rule_state(world, text)
    promote("burst", replace(half, share=0.1))
    with pytest.raises(Refusal, match="another step meanwhile"):
        take_step(seen, FULL._replace(share=0.4), world.viewer("carrier", Role.ANALYST))
    assert RuleTexts().select("burst").step.share == 0.1 and kinds() == []


@pytest.mark.parametrize("state", [RuleState.WARMING, RuleState.RETIRED])
def test_back_and_retired_count_at_once(world: World, state: RuleState) -> None:
    text = in_shadow(world)
    assert (
        take_step(
            rule_state(world, text), WantedStep(state, "too many false hits"), world.viewer("carrier", Role.ANALYST)
        )
        is None
    )
    assert RuleTexts().select("burst").step.state is state and kinds() == ["rule_step"]


def test_the_asker_withdraws_and_a_reviewer_refuses(world: World) -> None:
    text = in_shadow(world)
    refuse(asked(world, text), "not yet", world.viewer("carrier", Role.ANALYST))
    refuse(asked(world, text), "too many hits", world.viewer("carrier", Role.REVIEWER))
    assert [row.state for row in RuleRequest._base_manager.order_by("pk")] == ["withdrawn", "refused"]
    assert requests_named()[:2] == [requests_named()[0]] * 2 and len(set(requests_named())) == 2
    request = asked(world, text)
    with pytest.raises(Refusal) as error:
        refuse(request, "no", world.viewer("carrier", Role.DUTY_OFFICER))
    assert error.value.reason is Reason.ROLE


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (WantedStep(RuleState.LIVE, "w"), "a rule in state shadow cannot become live"),
        (FULL._replace(share=0.0), "above 0%"),
        (FULL, "already waiting for a second person"),
    ],
)
def test_impossible_steps_are_refused(world: World, wanted: WantedStep, said: str) -> None:
    text = in_shadow(world)
    if "already" in said:
        asked(world, text)
    assert said in refused(world, text, wanted).words.en


def test_an_approval_of_a_text_that_the_state_folder_no_longer_has_is_refused(world: World, home: Path) -> None:
    request = asked(world, in_shadow(world))
    (home / "rules" / "history.jsonl").unlink()
    with pytest.raises(Refusal, match="no longer has this text"):
        approve(request, "fine", world.viewer("carrier", Role.REVIEWER))
    assert RuleRequest._base_manager.get().state == "waiting"


def test_without_a_reason_nothing_is_asked_for_or_decided(world: World) -> None:
    text = in_shadow(world)
    assert "why" in refused(world, text, FULL._replace(why=" ")).fields
    request = asked(world, text)
    for decide in (approve, refuse):
        with pytest.raises(Refusal, match="give the reason"):
            decide(request, " ", world.viewer("carrier", Role.REVIEWER))
    assert RuleTexts().select("burst").step.state is RuleState.SHADOW


def test_an_approval_whose_commit_failed_after_the_move_is_finished_by_the_next_one(world: World) -> None:
    text = in_shadow(world)
    request = asked(world, text)
    reviewer = world.viewer("carrier", Role.REVIEWER)
    approve(request, "fine", reviewer)
    RuleRequest._base_manager.update(state="waiting", decided_by=None, decided_at=None)
    approve(request, "fine", reviewer)
    assert RuleRequest._base_manager.get().state == "approved"
    assert [entry.step.request for entry in RuleTexts().history("burst")].count(request.ref) == 1
