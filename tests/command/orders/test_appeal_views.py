"""Who decides an appeal sees what is said, the targets with their evidence and who approved; others see no decision."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.command.people import World
from tests.command.processes.orders_made import actor, issued

from fanzha.command.organizations.models import Membership
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.services import open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


@pytest.fixture
def appeal(world: World) -> ProcessInstance:
    """An appeal for the one target of an order of the centre."""
    order = issued(world, receivers=("carrier",))
    evidence = {"order": order.ref, "targets": (1,), "channel": "shop", "text": "it is the number of a clinic"}
    return open_process("target_appeal", "appeal", world["centre"], actor(world, "centre", Role.CLERK), evidence)


def hearer(world: World) -> Client:
    """The client of a reviewer of another unit, who did not decide on the order."""
    person = world.person("centre", Role.DUTY_OFFICER, Role.REVIEWER)
    person.name = "Li of appeals"
    with unscoped("test"):
        person.save()
        Membership.objects.filter(person=person).update(unit="appeals")
    return world.client("centre", Role.DUTY_OFFICER, Role.REVIEWER)


def decide_page(client: Client, appeal: ProcessInstance, **query: str) -> Any:
    return client.get(reverse("appeal_decide", args=[appeal.ref]), query)


def test_whoever_hears_it_sees_what_it_is_about_before_he_decides(world: World, appeal: ProcessInstance) -> None:
    content = decide_page(hearer(world), appeal, event="uphold").content.decode()
    assert "it is the number of a clinic" in content  # what is said
    assert "nothing found" in content  # the evidence of the target
    assert "a burst of calls to strangers" in content and "as the evidence says" in content  # the order, its approval
    assert 'value="uphold" required id="id_event_0">' in content  # nothing is chosen beforehand


def test_the_one_button_of_who_hears_it_names_no_outcome(world: World, appeal: ProcessInstance) -> None:
    client = hearer(world)
    for url in (reverse("process", args=[appeal.ref]), "/"):
        content = client.get(url).content.decode()
        assert "Decide the appeal" in content and "Uphold the appeal" not in content
        assert "Reject the appeal" not in content


def test_the_step_of_the_process_leads_there(world: World, appeal: ProcessInstance) -> None:
    answer = hearer(world).get(reverse("process_do", args=[appeal.ref, "reject"]))
    assert answer["Location"] == f"/orders/appeals/{appeal.ref}/?event=reject"


def test_an_upheld_appeal_is_recorded_with_its_reason(world: World, appeal: ProcessInstance) -> None:
    url = reverse("appeal_decide", args=[appeal.ref])
    client = hearer(world)
    assert client.post(url, {"event": "uphold", "reason": ""}).status_code == 422
    assert (
        client.post(url, {"event": "uphold", "reason": "the clinic's own"})["Location"] == f"/processes/{appeal.ref}/"
    )
    appeal.refresh_from_db()
    assert appeal.state == "restoring"


def test_a_rejection_names_the_next_remedy(world: World, appeal: ProcessInstance) -> None:
    url, words = reverse("appeal_decide", args=[appeal.ref]), {"event": "reject", "reason": "no", "next_channel": ""}
    client = hearer(world)
    answer = client.post(url, words)
    assert answer.status_code == 422 and "Name the next remedy" in answer.content.decode()
    client.post(url, words | {"next_channel": "the regulator"})
    appeal.refresh_from_db()
    assert appeal.state == "rejected"


def test_who_decided_on_the_order_is_offered_no_decision_but_told_who_can_take_it(
    world: World, appeal: ProcessInstance
) -> None:
    hearer(world)
    approver = world.client("centre", Role.REVIEWER)
    for url in (reverse("process", args=[appeal.ref]), reverse("appeal_decide", args=[appeal.ref])):
        content = approver.get(url).content.decode()
        assert "/do/uphold/" not in content and 'name="event"' not in content
        assert "an appeal is heard by a person who did not decide" in content and "Li of appeals" in content
    assert "/do/uphold/" not in approver.get("/").content.decode()


def test_it_is_closed_to_who_is_no_reviewer(world: World, appeal: ProcessInstance) -> None:
    assert decide_page(world.client("centre", Role.CLERK), appeal).status_code == 403
    assert decide_page(world.client("far_carrier", Role.REVIEWER), appeal).status_code == 404


def test_an_appeal_is_filed_from_its_target_and_asks_only_for_what_is_said(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    clerk, url = world.client("centre", Role.CLERK), reverse("process_open", args=["target_appeal", "appeal"])
    given = {"prefill": "yes", "owner": order.owner.ref, "order": order.ref, "targets": "1"}
    content = clerk.post(url, given).content.decode()
    assert "<dd>+86 17•• ••0 1234</dd>" in content and "<dd>refuse calls</dd>" in content
    for name in ("order", "targets", "owner"):
        assert f'<input type="hidden" name="{name}"' in content
    assert 'name="text"' not in clerk.get(url).content.decode()  # without a target there is nothing to appeal about
