"""Reporters are rewarded and protected; the processes say nothing of who they are, and looks at it are listed."""

import re
from pathlib import Path

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.reports.reports_made import received

from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.services import fire, store_for_organization
from fanzha.command.reports.models import Report
from fanzha.command.reports.presenters import present_progress
from fanzha.command.reports.rewards import ask_protection, find_reward, protection_answer
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home", "in_english")]
CONTACT = "+8617000000088"


def latest() -> ProcessInstance:
    with unscoped("test"):
        return ProcessInstance.objects.filter(process="report_reward").latest("pk")


def test_a_reward_is_proposed_decided_and_paid_by_three_people(world: World, home: Path) -> None:
    report = received(world, contact=CONTACT)
    browser = world.client("centre", Role.CLERK)
    form = {"merit": "confirmed", "amount": "500", "reason": "The number was limited"}
    assert browser.post(f"/reports/{report.ref}/reward/", form | {"amount": "0"}).status_code == 422
    assert browser.post(f"/reports/{report.ref}/reward/", form).status_code == 302
    process = latest()
    again = browser.post(f"/reports/{report.ref}/reward/", form)
    assert again.status_code == 422 and "proposed or paid already" in again.content.decode() and latest() == process
    with pytest.raises(Refusal):
        fire(process.ref, "approve_reward", actor(world, "centre", Role.CLERK, Role.REVIEWER), {})
    fire(process.ref, "approve_reward", actor(world, "centre", Role.REVIEWER), {})
    assert "Show your receipt code" in present_progress(report).reward
    receipt = store_for_organization(b"received 500 CNY", world["centre"].pk)
    paid = {"paid_at": 1_770_000_000_000, "way": "cash", "proof": "code", "receipt": receipt}
    fire(process.ref, "pay_reward", actor(world, "centre", Role.CLERK), paid)
    assert find_reward(report) == ("reward_paid", 500)
    with unscoped("test"):
        steps = [(step.evidence, step.personal) for step in Step.objects.filter(instance=process)]
        assert list(process.participations.values_list("organization", flat=True)) == [world["centre"].pk]
    assert CONTACT[3:] not in str(steps) and report.reporter not in str(steps)


def test_whoever_asks_for_protection_is_seen_by_fewer_at_once_and_each_look_is_listed(world: World) -> None:
    report = received(world, contact=CONTACT)
    clerk, reviewer = world.client("centre", Role.CLERK), world.client("centre", Role.REVIEWER)
    address, purpose = f"/reports/{report.ref}/contact/", {"purpose": "call-back of the answer"}
    assert CONTACT in clerk.post(address, purpose).content.decode()
    ask_protection(report, "He knows where I live")
    report.refresh_from_db()
    ask_protection(report, "He knows where I live")
    with unscoped("test"):
        assert ProcessInstance.objects.filter(process="report_reward").count() == 1
    assert report.protection == "asked"
    assert clerk.post(address, purpose).status_code == 403
    assert CONTACT in reviewer.post(address, purpose).content.decode()
    page = reviewer.get(f"/reports/{report.ref}/").content.decode()
    looks = re.search(r'<section[^>]*aria-labelledby="looks">.*?</section>', page, re.DOTALL)
    assert looks is not None and looks[0].count("call-back of the answer") == 2
    assert "Who looked at" not in clerk.get(f"/reports/{report.ref}/").content.decode()


def test_the_reporter_sees_what_was_decided_about_protection(world: World) -> None:
    report = received(world, contact=CONTACT)
    browser = world.client("centre", Role.CLERK)
    assert browser.post(f"/reports/{report.ref}/protection/", {"danger": ""}).status_code == 422
    assert browser.post(f"/reports/{report.ref}/protection/", {"danger": "He rang me"}).status_code == 302
    process = latest()
    with pytest.raises(Refusal):
        fire(process.ref, "grant_protection", actor(world, "centre", Role.CLERK), {"measure": "identity"})
    answer = {"answer": "The number is not yours alone."}
    fire(process.ref, "decline_protection", actor(world, "centre", Role.REVIEWER), answer)
    report.refresh_from_db()
    assert protection_answer(report) == answer["answer"]
    ask_protection(report, "He rang again")
    fire(latest().ref, "grant_protection", actor(world, "centre", Role.REVIEWER), {"measure": "police"})
    assert Report._base_manager.get(pk=report.pk).protection == "granted"
    fire(latest().ref, "end_protection", actor(world, "centre", Role.REVIEWER), {"reason": "He was sentenced"})
    assert Report._base_manager.get(pk=report.pk).protection == "ended"
    with pytest.raises(Refusal):
        ask_protection(report, " ")
