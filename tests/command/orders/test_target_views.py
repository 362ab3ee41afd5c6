"""Whoever approves an order sees the evidence of each target, approves some and sends the others back."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.command.orders.given import spare
from tests.command.orders.test_target_rows import NUMBERS, drafted_on_three, states
from tests.command.people import World
from tests.command.processes.orders_made import drafted
from tests.command.subjects.factories import finding_row, subject

from fanzha.claims.verdict import Level
from fanzha.command.orders.order_summary import summarize_order
from fanzha.command.processes.models import ProcessVersion, Step
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.usefixtures("exercise_settings")


def address(ref: str) -> str:
    return reverse("order_approve", args=[ref])


def approve(client: Client, ref: str, approved: list[int], **data: Any) -> Any:
    values = {"approved": approved, "opinion": "as it says", "revision": 1, **data}
    return client.post(address(ref), values, follow=True)


@pytest.mark.parametrize(("language", "words"), [("en", "nothing found"), ("zh-hans", "无线索")])
def test_the_evidence_is_on_the_page_and_what_nothing_was_found_about_comes_first(
    world: World, language: str, words: str
) -> None:
    order = drafted_on_three(world)
    about, cleared = subject("+8617000001234"), subject("+8617000009999")
    for found in (about, cleared):
        finding_row(world["centre"], found, detector="call-centre-burst", score=0.91)
    give_opinions([cleared], OpinionDraft(Level.CLEAR), world.viewer("centre", Role.ANALYST), timezone.now())
    client = world.client("centre", Role.REVIEWER, language=language)
    content = client.get(reverse("process_do", args=[order.ref, "approve"]), follow=True).content.decode()
    assert content.count(f"{words}</span>") == 2 and "0.91" in content
    assert reverse("subject", args=[about.ref]) in content
    assert content.index('value="2"') < content.index('value="3"') < content.index('value="1" checked')
    assert 'value="2" checked' not in content and "+8617000001234" not in content
    assert content.count("0 9999") >= 2  # among the look-alikes of the order and of its first target


def test_ticked_targets_are_approved_and_the_others_sent_back_with_a_reason(world: World) -> None:
    order = drafted_on_three(world)
    client = world.client("centre", Role.REVIEWER)
    nothing = approve(client, order.ref, [])
    assert nothing.status_code == 422 and b"Tick the targets" in nothing.content
    silent = approve(client, order.ref, [1, 3])
    assert silent.status_code == 422 and b"Say why" in silent.content and states(order) == ["proposed"] * 3
    answer = approve(client, order.ref, [1, 3], sent_back_reason="a clinic")
    assert "Approved: 2 of 3 targets; 1 organisation was told" in answer.content.decode()
    assert states(order) == ["approved", "sent_back", "approved"]
    with unscoped("test"):
        assert Step.objects.get(instance=order, event="approve").evidence["sent_back"] == [2]
    assert "is not waiting for approval" in approve(client, order.ref, [1]).content.decode()
    receiver = world.client("carrier", Role.ANALYST).get(reverse("order", args=[order.ref])).content.decode()
    assert "0 1234" in receiver and "a clinic" not in receiver


def test_an_order_of_the_first_version_is_approved_as_a_whole_without_excluded_targets(
    world: World, home: Path
) -> None:
    order = drafted_on_three(world)
    spare(home, NUMBERS[1])
    text = order.version.text.replace("      sent_back:", "      unused:").replace("with: sent_back", "with: unused")
    with unscoped("test"):
        order.version = ProcessVersion.objects.create(name="order", version=1, text_hash="v1", text=text)
        order.save()
    client = world.client("centre", Role.REVIEWER)
    assert b"Tick all targets of this older order" in approve(client, order.ref, [1]).content
    assert "Approved: 2 of 3 targets" in approve(client, order.ref, [1, 3]).content.decode()
    assert [target.value for target in summarize_order(order).targets] == [NUMBERS[0], NUMBERS[2]]


def test_whoever_drafted_it_or_belongs_to_another_organisation_does_not_approve(world: World) -> None:
    both = world.person("centre", Role.ANALYST, Role.REVIEWER)
    order = drafted(world)
    own = world.client("centre", Role.ANALYST).get(address(order.ref), follow=True)
    assert both and b"must not be the person" in own.content and states(order) == ["proposed"]
    assert world.client("carrier", Role.REVIEWER).get(address(order.ref)).status_code == 404
    assert world.client("mvno", Role.ANALYST).get(address(order.ref)).status_code == 403
