"""A victim has a calm page without an order; each step of her dissuasion is one press; a desk lists whom to reach."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.subjects.dissuasions import begun, found_victim
from tests.command.subjects.factories import NUMBER, finding_row, subject

from fanzha.command.processes.models import Leg, ProcessInstance
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.services import fire
from fanzha.command.subjects.victims import VictimFacts, list_victims, opening_grade, to_past_tense
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.processes.parties import SYSTEM

SENTENCES = Path(__file__).parents[2] / "detect" / "sentences.txt"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def found(world: World) -> None:
    until = timezone.now() + timedelta(days=1)
    finding_row(world["carrier"], subject(NUMBER), fraud_type="victim_at_risk", role="victim", valid_until=until)


def her_page(client: Client) -> str:
    answer = client.get(reverse("subject", args=[subject(NUMBER).ref]))
    assert answer.status_code == 200
    return answer.content.decode()


def press(client: Client, shown: str, event: str, **more: str) -> str:
    """Send the form of a step as it stands on the page; return the page that follows."""
    form = re.search(rf'<form method="post" action="([^"]*/{event}/\?back=subject)">(.*?)</form>', shown, re.DOTALL)
    assert form is not None, event
    hidden = dict(re.findall(r'<input type="hidden" name="(?!csrf)(\w+)" value="([^"]*)">', form[2]))
    answer = client.post(form[1], hidden | more, follow=True)
    assert answer.redirect_chain == [(reverse("subject", args=[subject(NUMBER).ref]), 302)]
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("language", "calm", "order"),
    [("en", "possible victim", "Draft an order"), ("zh-hans", "可能正在受骗", "起草指令")],
)
def test_she_is_not_suspected_and_no_order_is_offered(world: World, language: str, calm: str, order: str) -> None:
    found(world)
    shown = her_page(world.client("carrier", Role.ANALYST, language=language))
    assert calm in shown and order not in shown and "orders/new" not in shown
    assert not re.search(r"suspected|涉诈嫌疑|嫌疑", shown) and NUMBER not in shown


def test_what_was_seen_long_ago_is_told_in_the_past_tense() -> None:
    now = timezone.now()
    ages = (timedelta(minutes=30), timedelta(hours=23))
    facts = [VictimFacts("calls", now - age, now - age, "likely", 0.9, 1, is_live=True) for age in ages]
    assert [one.is_over for one in facts] == [False, True]


def test_no_sentence_of_a_shipped_rule_says_that_it_happens_now_once_it_is_told_later() -> None:
    told = [to_past_tense(line) for line in SENTENCES.read_text("utf-8").splitlines()]
    assert [line for line in told if re.search(r"(Has been|Is) on the phone|is now |现正|^ *正", line)] == []
    assert any("Was on the phone" in line for line in told) and any("随后致电" in line for line in told)


def test_the_urgency_that_is_proposed_falls_with_the_age_of_the_call() -> None:
    now = timezone.now()
    ages = (timedelta(minutes=30), timedelta(hours=3), timedelta(hours=25))
    facts = [VictimFacts("calls", now - age, now - age, "likely", 0.9, 1, is_live=True) for age in ages]
    assert [opening_grade(one) for one in facts] == ["high", "medium", "low"]


def test_calls_that_may_go_on_come_before_older_ones_and_the_page_says_how_old_they_are(world: World) -> None:
    now = timezone.now()
    ages = (timedelta(days=2), timedelta(hours=23, minutes=30), timedelta(minutes=5))
    numbers = (NUMBER, "+8617000007777", "+8617000008888")
    for age, number in zip(ages, numbers, strict=True):
        until: dict[str, Any] = {"found_at": now - age, "valid_until": now + timedelta(days=1)}
        finding_row(world["carrier"], subject(number), fraud_type="victim_at_risk", role="victim", **until)
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        rows = list_victims(viewer, now)
    assert [row.subject.value for row in rows] == [numbers[2], numbers[1], numbers[0]]
    shown = world.client("carrier", Role.ANALYST).get(reverse("victims")).content.decode()
    assert shown.count("may be going on now") == 1 and "23 hr. ago" in shown and "2 days ago" in shown


def test_from_the_finding_to_the_outcome_in_single_presses(world: World) -> None:
    found(world)
    client = world.client("carrier", Role.ANALYST)
    shown = press(client, her_page(client), "open", fraud_type="fake_loan", grade="high")
    assert "No real lender takes money before it lends" in shown
    for event in ("send_text", "send_flash", "ask_visit", "hint_bank", "reach"):
        shown = press(client, shown, event)
    made = ProcessInstance._base_manager.get()
    assert made.state == "contacted" and made.about == subject(NUMBER).ref
    receivers = set(Leg._base_manager.values_list("receiver__kind", flat=True))
    assert receivers == {"police", "bank"}
    press(client, shown, "confirm_dissuaded", confirmed_by="herself")
    made.refresh_from_db()
    assert made.state == "dissuaded"


def test_no_fraud_is_confirmed_by_a_second_person_with_her_findings_and_only_once_she_says_so(world: World) -> None:
    found(world)
    made, reviewer = begun(world), world.client("carrier", Role.REVIEWER)
    analyst = actor(world, "carrier", Role.ANALYST)
    fire(made.ref, "reach", analyst, {})
    form = reverse("process_do", args=[made.ref, "confirm_no_fraud"])
    assert form not in reviewer.get("/").content.decode()
    fire(made.ref, "says_wrong", analyst, {"note": "it was her son"})
    assert form in reviewer.get("/").content.decode()
    shown = reviewer.get(form).content.decode()
    assert "What was found" in shown and "Reached, person listened" in shown and NUMBER not in shown
    reviewer.post(form, {"confirmed_by": "family", "reason": "the family says so"})
    made.refresh_from_db()
    assert made.state == "no_fraud"


@pytest.mark.parametrize(
    ("language", "waiting", "failed"),
    [
        ("en", "Text handed over, not sent yet", ("Text could not be sent: ", "no SMS gateway", "Call the person.")),
        ("zh-hans", "短信已提交，尚未发出", ("短信未能发出：", "未配置短信网关", "请改为电话联系。")),
    ],
)
def test_her_page_says_what_became_of_a_text(
    world: World, language: str, waiting: str, failed: tuple[str, ...]
) -> None:
    found(world)
    made, client = begun(world), world.client("carrier", Role.ANALYST, language=language)
    shown = press(client, her_page(client), "send_text")
    header, history = shown.partition('id="now"')[0], shown.partition('id="happened"')[2]
    assert waiting in header and waiting in shown and ("Send a text" in history or "发送短信" in history)
    assert shown.index("/reach/") < shown.index('<div class="script">')  # the outcome stands above the script
    deliver_due(timezone.now())
    shown = her_page(client)
    assert waiting not in shown and all(words in shown for words in failed)
    fire(made.ref, "record_warning_sent", SYSTEM, {"channel": "text", "script": "fake_loan"})
    shown = her_page(client)
    assert failed[0] not in shown and ("Text sent" in shown or "短信已发出" in shown)


def test_who_is_more_than_a_victim_has_the_page_of_a_suspect(world: World) -> None:
    found(world)
    finding_row(world["carrier"], subject(NUMBER))
    assert "What you can do" in her_page(world.client("carrier", Role.ANALYST))


def test_the_desk_lists_those_first_whom_nobody_has_begun_to_reach(world: World) -> None:
    until = timezone.now() + timedelta(days=1)
    other = subject("+8617000007777")
    found(world)
    begun(world)
    finding_row(world["carrier"], other, fraud_type="victim_at_risk", role="victim", valid_until=until)
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        rows = list_victims(viewer, timezone.now())
    assert [row.subject for row in rows] == [other, subject(NUMBER)] and rows[1].dissuasion is not None
    shown = world.client("carrier", Role.CLERK).get(reverse("victims")).content.decode()
    assert "not started" in shown and "To be contacted" in shown and NUMBER not in shown


def test_others_see_none_of_them(world: World) -> None:
    found_victim(world)
    for name in ("other_carrier", "far_carrier"):
        assert "There is nobody to reach" in world.client(name, Role.ANALYST).get(reverse("victims")).content.decode()
    assert world.client("carrier", Role.PRIVACY_OFFICER).get(reverse("victims")).status_code == 403


def test_her_page_is_read_only_for_who_reaches_nobody(world: World) -> None:
    found(world)
    shown = her_page(world.client("carrier", Role.INSPECTOR))
    assert "Start dissuasion" not in shown


@pytest.mark.parametrize(("minutes", "is_late"), [(2, False), (30, True)])
def test_the_clock_runs_from_when_the_finding_came_in(world: World, minutes: int, is_late: bool) -> None:
    now = timezone.now()
    came_in_at, until = now - timedelta(minutes=minutes), now + timedelta(days=1)
    finding_row(world["carrier"], subject(NUMBER), role="victim", came_in_at=came_in_at, valid_until=until)
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        (row,) = list_victims(viewer, now)
    assert row.due_at == came_in_at + timedelta(minutes=5) and (row.due_at < now) == is_late
    made = begun(world)
    assert made.due_at is not None and abs(made.due_at - row.due_at) < timedelta(seconds=1)


def test_a_found_time_is_not_for_people_to_give(world: World) -> None:
    found(world)
    client = world.client("carrier", Role.ANALYST)
    opening = client.get(reverse("process_open", args=["dissuasion", "open"])).content.decode()
    assert "found_at" not in opening
    made = begun(world)
    again = begun(world)
    assert made.situation["facts"]["found_at"] == again.situation["facts"]["found_at"] > 0
