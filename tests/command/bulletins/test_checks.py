"""From the draft to the published bulletin: replies first, a second person, rectification, correction, withdrawal."""

from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from tests.command.bulletins.bulletins_made import (
    DRAFTED,
    drafted,
    leg_of,
    made_month,
    published,
    replied,
    sent,
)
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.base.clock import to_ms
from fanzha.command.audit.models import LogEntry
from fanzha.command.bulletins.checks import write_step
from fanzha.command.bulletins.publications import digest_of
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.situation import Change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def _state(ref: str) -> str:
    with unscoped("test"):
        return ProcessInstance.objects.get(ref=ref).state


def test_every_company_with_a_case_is_asked_and_nobody_else(world: World) -> None:
    made_month(world)
    bulletin = sent(world)
    with unscoped("test"):
        step = Step.objects.get(instance__ref=bulletin.ref, event="send")
    asked = {party["organization"] for party in step.evidence["companies"]}
    assert asked == {world[name].ref for name in ("carrier", "other_carrier", "mvno")}
    assert len(step.evidence["digest"]) == 64


def test_a_month_is_drafted_once_and_only_when_it_is_over(world: World) -> None:
    made_month(world)
    drafted(world)
    with pytest.raises(Refusal, match="drafted before"):
        drafted(world)
    with pytest.raises(Refusal, match="not over"):
        drafted(world, owner="administration", at=DRAFTED - timedelta(days=10))


def test_without_cases_nothing_can_be_sent(world: World) -> None:
    bulletin = drafted(world)
    with pytest.raises(Refusal, match="nothing to report"):
        fire(bulletin.ref, "send", actor(world, "centre", Role.ANALYST), {}, at=DRAFTED)


def test_silence_is_on_record_and_ends_the_wait(world: World) -> None:
    made_month(world)
    bulletin = replied(world)
    assert _state(bulletin.ref) == "revising"
    with unscoped("test"):
        leg = leg_of(bulletin, world, "mvno")
        assert Step.objects.filter(instance__ref=bulletin.ref, leg=leg, event="stay_silent").count() == 1


def test_a_second_person_publishes_with_the_replies_and_the_content_is_on_record(world: World) -> None:
    made_month(world)
    bulletin = published(world)
    replies = {company["ref"]: company["reply"] for company in bulletin.content["companies"]}
    assert replies[world["mvno"].ref]["state"] == "silent"
    assert replies[world["other_carrier"].ref] == {
        "state": "replied",
        "opinion": "disagrees",
        "text": "A queue stood still for two days.",
        "counter_figures": ["Handled 30/50"],
    }
    assert digest_of(bulletin.content) == bulletin.digest
    with unscoped("test"):
        assert Step.objects.get(instance__ref=bulletin.ref, event="publish").evidence["digest"] == bulletin.digest
        assert LogEntry.objects.filter(kind="bulletin_published").count() == 1


def test_whoever_proposed_does_not_publish(world: World) -> None:
    made_month(world)
    bulletin = replied(world)
    both = actor(world, "centre", Role.ANALYST, Role.REVIEWER)
    at = DRAFTED + timedelta(days=14)
    fire(bulletin.ref, "propose", both, {"taken_up": "none"}, at=at)
    with pytest.raises(Refusal) as refused:
        fire(bulletin.ref, "publish", both, {}, at=at)
    assert refused.value.reason is Reason.SAME_PERSON


def test_what_changed_after_the_proposal_is_proposed_again(world: World) -> None:
    made_month(world)
    bulletin, at = replied(world), DRAFTED + timedelta(days=14)
    analyst, reviewer = actor(world, "centre", Role.ANALYST), actor(world, "centre", Role.REVIEWER)
    fire(bulletin.ref, "propose", analyst, {"taken_up": "none"}, at=at)
    late = {"opinion": "agrees", "reply": "What nobody has read."}
    leg = leg_of(bulletin, world, "mvno")
    fire(bulletin.ref, "reply_late", actor(world, "mvno", Role.ANALYST), late, leg=leg, at=at)
    with pytest.raises(Refusal, match="changed since it was proposed"):
        fire(bulletin.ref, "publish", reviewer, {}, at=at)
    fire(bulletin.ref, "return", reviewer, {"reason": "a reply came in"}, at=at)
    fire(bulletin.ref, "propose", analyst, {"taken_up": "none"}, at=at)
    fire(bulletin.ref, "publish", reviewer, {}, at=at)
    assert _state(bulletin.ref) == "published"


def test_each_company_rectifies_is_checked_and_the_bulletin_settles(world: World) -> None:
    made_month(world)
    bulletin = published(world)
    at = DRAFTED + timedelta(days=20)
    inspector, reviewer = actor(world, "centre", Role.INSPECTOR), actor(world, "centre", Role.REVIEWER)
    for company in ("carrier", "other_carrier", "mvno"):
        leg = leg_of(bulletin, world, company)
        by = actor(world, company, Role.EXECUTOR)
        fire(bulletin.ref, "state_no_cause", by, {"reason": "all in time"}, leg=leg, at=at)
        if company == "mvno":
            fire(bulletin.ref, "excuse", reviewer, {"reason": "ten cases, all in time"}, leg=leg, at=at)
        else:
            fire(bulletin.ref, "send_back", inspector, {"reason": "name the cause"}, leg=leg, at=at)
            fire(bulletin.ref, "state_no_cause", by, {"reason": "checked again"}, leg=leg, at=at)
            fire(bulletin.ref, "confirm", inspector, {"method": "papers", "result": "in order"}, leg=leg, at=at)
    assert _state(bulletin.ref) == "settled"


def test_who_signed_does_not_answer_an_objection(world: World) -> None:
    made_month(world)
    bulletin = published(world)
    leg, at = leg_of(bulletin, world, "carrier"), DRAFTED + timedelta(days=20)
    fire(bulletin.ref, "object", actor(world, "carrier", Role.REVIEWER), {"objection": "twice counted"}, leg=leg, at=at)
    answer = {"decision": "upheld", "reason": "it was counted twice"}
    with pytest.raises(Refusal, match="did not publish"):
        fire(bulletin.ref, "answer_objection", actor(world, "centre", Role.REVIEWER), answer, leg=leg, at=at)
    fire(bulletin.ref, "answer_objection", actor(world, "centre", Role.DUTY_OFFICER), answer, leg=leg, at=at)


def test_a_correction_and_a_withdrawal_need_two_people_and_say_why(world: World) -> None:
    made_month(world)
    bulletin = published(world)
    at = DRAFTED + timedelta(days=20)
    notice = {"notice_zh": "更正：一件重复计算。", "notice_en": "Correction: one case was counted twice."}
    analyst, reviewer = actor(world, "centre", Role.ANALYST), actor(world, "centre", Role.REVIEWER)
    fire(bulletin.ref, "propose_correction", analyst, notice, at=at)
    bulletin.refresh_from_db()
    assert bulletin.corrections == []
    fire(bulletin.ref, "publish_correction", reviewer, {}, at=at)
    with pytest.raises(Refusal):
        fire(bulletin.ref, "withdraw", reviewer, {}, at=at)
    both = actor(world, "centre", Role.DUTY_OFFICER, Role.REVIEWER)
    fire(bulletin.ref, "propose_withdrawal", both, {"notice_zh": "撤回。", "notice_en": "Withdrawn."}, at=at)
    with pytest.raises(Refusal) as refused:
        fire(bulletin.ref, "withdraw", both, {}, at=at)
    assert refused.value.reason is Reason.SAME_PERSON
    fire(bulletin.ref, "withdraw", reviewer, {}, at=at)
    bulletin.refresh_from_db()
    assert [notice["en"] for notice in bulletin.corrections] == [
        "Correction: one case was counted twice.",
        "Withdrawn.",
    ]
    assert bulletin.withdrawn_at == at


def test_a_bulletin_of_an_older_text_is_withdrawn_by_what_the_step_says(world: World) -> None:
    made_month(world)
    bulletin = published(world)
    at = DRAFTED + timedelta(days=20)
    with unscoped("test"):
        instance = ProcessInstance.objects.get(ref=bulletin.ref)
        evidence = {"notice_zh": "撤回。", "notice_en": "Withdrawn."}
        step = SimpleNamespace(event="withdraw", leg="", at=to_ms(at))
        write_step(instance, cast(Change, SimpleNamespace(steps=[step], evidence=evidence)))
    bulletin.refresh_from_db()
    assert bulletin.withdrawn_at == at and bulletin.corrections[-1]["en"] == "Withdrawn."


def test_a_month_that_was_dropped_may_be_drafted_again(world: World) -> None:
    made_month(world)
    bulletin = drafted(world)
    fire(bulletin.ref, "drop", actor(world, "centre", Role.REVIEWER), {"reason": "wrong time zone"}, at=DRAFTED)
    assert drafted(world).ref != bulletin.ref
