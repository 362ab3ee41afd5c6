"""Pages of orders: from the list to a draft, its preview, the second person, one press for done, and the ways."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from tests.command.orders.given import answers, endpoint, settle, signed, states
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.audit.models import LogEntry
from fanzha.command.orders.models import Endpoint, Measurement, ReceivedMessage, Sending
from fanzha.command.processes.models import Notification, ProcessInstance, Step
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.usefixtures("exercise_settings")
NUMBER = "+8617000001234"


def page(client: Client, name: str, *args: object, status: int = 200, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.content[:500]
    return str(answer.content, "utf-8")


def press(client: Client, name: str, *args: object, **data: Any) -> Any:
    return client.post(reverse(name, args=args), data)


def draft_data(world: World, **changes: Any) -> dict[str, Any]:
    ends = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    values = {"target_kind": "number", "action": "refuse", "subjects": NUMBER, "reason": "a burst", "expires_at": ends}
    return {**values, "receivers": [world["carrier"].pk], **changes}


@pytest.mark.parametrize(("language", "words"), [("en", "to be approved"), ("zh-hans", "待批准")])
def test_the_list_says_what_waits(world: World, language: str, words: str) -> None:
    order = drafted(world)
    content = page(world.client("centre", Role.REVIEWER, language=language), "orders")
    assert words in content and reverse("order", args=[order.ref]) in content and NUMBER not in content
    assert reverse("order_new") not in content  # that is an analyst's
    assert page(world.client("centre", Role.ANALYST), "orders", cursor="nonsense", show="never")


@pytest.mark.parametrize("many", [1, 8])
def test_the_list_asks_no_more_for_more(
    world: World, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(many):
        issued(world)
    client = world.client("centre", Role.ANALYST)
    page(client, "orders")
    with django_assert_max_num_queries(19):
        page(client, "orders")


def test_an_order_goes_from_draft_to_roll_back(world: World) -> None:
    endpoint(world, "carrier", "number_treatment")
    analyst, reviewer = (world.client("centre", role) for role in (Role.ANALYST, Role.REVIEWER))
    answer = press(analyst, "order_new", **draft_data(world))
    assert answer.status_code == 302, answer.content
    with unscoped("test"):
        order = ProcessInstance.objects.get()
    assert answer["Location"] == reverse("order", args=[order.ref])
    own = page(analyst, "order", order.ref)
    assert own.index("Approve as second person, Send back") < own.index("Impact") < own.index("History")
    content = page(reviewer, "order", order.ref)
    assert content.index("Impact") < content.index(reverse("process_do", args=[order.ref, "approve"]))
    assert "Approve as second person, Send back" not in content
    answer = reviewer.post(
        reverse("process_do", args=[order.ref, "approve"]) + "?leg=&back=order", {"opinion": "yes", "revision": 1}
    )
    assert answer["Location"] == reverse("order", args=[order.ref])
    settle()
    content = page(analyst, "order", order.ref)
    assert "Proven" in content and "number treatment" in content and "Impact" not in content
    press(reviewer, "process_do", order.ref, "roll_back", mistake="wrong")
    settle()
    order.refresh_from_db()
    assert order.state == "rolled_back"


def test_the_preview_is_a_part_of_the_page_and_a_page_without_script(world: World) -> None:
    client = world.client("centre", Role.ANALYST)
    part = client.post(reverse("order_preview"), draft_data(world), headers={"hx-request": "true"})
    assert b"<html" not in part.content and b"China Telecom 1" in part.content and NUMBER.encode() not in part.content
    whole = press(client, "order_preview", **draft_data(world))
    assert b"<html" in whole.content and NUMBER.encode() in whole.content  # in the field that one wrote oneself
    assert b"Enter targets" in press(client, "order_preview").content


def test_a_draft_begins_with_subjects_and_says_what_is_wrong(world: World) -> None:
    about = subject(NUMBER)
    finding_row(world["centre"], about)
    client = world.client("centre", Role.ANALYST)
    content = page(client, "order_new", subject=about.ref)
    assert about.ref in content and NUMBER not in content and "0 1234" in content and "Impact" in content
    answer = press(client, "order_new", **draft_data(world, subjects="", chosen=[about.ref]))
    assert answer.status_code == 302, answer.content
    with unscoped("test"):
        assert Step.objects.get(event="draft").personal["subjects"] == [NUMBER]
    nobody = press(client, "order_new", **draft_data(world, subjects=""))
    assert nobody.status_code == 422 and b"choose subjects" in nobody.content
    wrong = press(client, "order_new", **draft_data(world, receivers=[world["bank"].pk]))
    assert wrong.status_code == 422 and b"may not do this" in wrong.content
    page(world.client("centre", Role.REVIEWER), "order_new", status=403)


def test_several_kinds_are_drafted_at_once_and_each_receiver_reads_its_own(world: World) -> None:
    client = world.client("centre", Role.ANALYST)
    pasted = {"target_kind": "mixed", "subjects": f"{NUMBER}\nshop.example", "action": ""}
    part = client.post(reverse("order_preview") + "?part=actions", pasted).content.decode()
    assert 'name="number_action"' in part and 'name="site_action"' in part and "<html" not in part
    receivers = [world["carrier"].pk, world["isp"].pk]
    actions = {"number_action": "refuse", "site_action": "take_down"}
    answer = press(client, "order_new", **draft_data(world, **pasted, **actions, receivers=receivers))
    assert answer.status_code == 302, answer.content
    with unscoped("test"):
        order = ProcessInstance.objects.get()
        step = Step.objects.get(event="draft")
    assert step.personal["subjects"] == [f"phone_number:{NUMBER}", "website:shop.example"]
    assert step.evidence["site_action"] == "take_down" and "action" not in step.evidence
    content = page(world.client("centre", Role.REVIEWER), "order_approve", order.ref)
    assert "Refuse, Take down" in content and "refuse calls" in content and "take a site down" in content
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    settle()
    own = page(world.client("isp", Role.EXECUTOR), "order", order.ref)
    assert "take a site down" in own and "refuse calls" not in own
    handed = press(world.client("isp", Role.EXECUTOR), "order_targets", order.ref).content.decode()
    assert handed.splitlines()[1:] == ["website,shop.example,take_down"]


def test_an_executor_presses_done_with_a_proof_and_others_measure(world: World) -> None:
    order, client = issued(world, receivers=("carrier", "mvno")), world.client("carrier", Role.EXECUTOR)
    content = page(client, "order", order.ref)
    assert str(world["mvno"]) not in content and reverse("order_done", args=[order.ref, "1"]) in content
    press(client, "order_done", order.ref, "1", proof=SimpleUploadedFile("log.txt", b"refused"))
    assert states(order)["1"] == "executed"
    assert press(client, "order_done", order.ref, "2").status_code == 404
    owner = world.client("centre", Role.ANALYST)
    press(owner, "order_measure", order.ref, kind="test_call", value=NUMBER, route="A")
    press(owner, "order_measure", order.ref, kind="test_call", value="+8617000009999", route="A", arrived="on")
    assert press(owner, "order_measure", order.ref, kind="x").status_code == 302
    with unscoped("test"):
        assert Step.objects.get(event="report_executed").evidence["proof"] and Measurement.objects.count() == 2
    assert states(order)["1"] == "verified"
    assert "did not arrive" in page(owner, "order", order.ref)


def test_the_page_begins_with_what_is_ordered_and_the_executors_form_names_his_targets(world: World) -> None:
    order, client = issued(world), world.client("carrier", Role.EXECUTOR)
    content = page(client, "order", order.ref)
    assert (
        content.index("What is ordered") < content.index("a burst of calls to strangers") < content.index('id="legs"')
    )
    answer = press(client, "process_do", order.ref, "acknowledge", leg="1")
    assert answer["Location"] == reverse("order", args=[order.ref])  # and not a second page of the same order
    form = client.get(reverse("process_do", args=[order.ref, "report_executed"]), {"leg": "1"}).content.decode()
    assert "refuse calls" in form and "1 target" in form and "0 1234" in form and NUMBER not in form


def test_lifting_is_one_press_too_and_what_is_not_possible_says_why(world: World) -> None:
    order, client = issued(world, receivers=("carrier",)), world.client("carrier", Role.EXECUTOR)
    press(client, "order_acknowledge", order.ref, "1")
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "wrong"})
    press(client, "order_done", order.ref, "1", result="lifted")
    assert states(order) == {"1": "lifted"}
    press(client, "order_acknowledge", order.ref, "1")
    assert 'class="message message-error"' in page(client, "order", order.ref)


def test_a_late_receiver_is_urged_with_one_press(world: World) -> None:
    order, client = issued(world, receivers=("carrier",)), world.client("administration", Role.REVIEWER)
    assert reverse("order_urge", args=[order.ref, "1"]) in page(client, "order", order.ref)
    press(client, "order_urge", order.ref, "1")
    assert (
        "was already reminded within the last hour"
        in client.post(reverse("order_urge", args=[order.ref, "1"]), follow=True).content.decode()
    )
    with unscoped("test"):
        assert Notification.objects.filter(key__startswith="urge:").count() == 1
    assert press(world.client("carrier", Role.ANALYST), "order_urge", order.ref, "1").status_code == 404


def test_targets_are_handed_to_who_acts_and_that_is_on_record(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    answer = press(world.client("carrier", Role.EXECUTOR), "order_targets", order.ref)
    assert answer.content.decode().splitlines() == ["kind,value,action", f"phone_number,'{NUMBER},refuse"]
    for name in ("ministry", "centre"):
        assert press(world.client(name, Role.ANALYST), "order_targets", order.ref).status_code == 404
    assert reverse("order_targets", args=[order.ref]) not in page(
        world.client("centre", Role.ANALYST), "order", order.ref
    )
    with unscoped("test"):
        assert LogEntry.objects.filter(kind="targets_handed_over").count() == 1
    unsure = world.client("carrier", Role.EXECUTOR, confirmed=False)
    assert press(unsure, "order_targets", order.ref).status_code == 302
    refuses = actor(world, "carrier", Role.REVIEWER)
    fire(order.ref, "refuse", refuses, {"refusal": "impossible", "explanation": "no such line"}, leg="1")
    assert press(world.client("carrier", Role.EXECUTOR), "order_targets", order.ref).status_code == 404


def test_an_administrator_sets_up_a_way_and_sends_again(world: World) -> None:
    client = world.client("carrier", Role.ADMINISTRATOR)
    assert "Signed file" in page(client, "order_endpoints") or "signed file" in page(client, "order_endpoints")
    assert "signed file" in page(client, "order_endpoint", "signed_file")
    page(client, "order_endpoint", "nothing", status=404)
    assert (
        press(
            client, "order_endpoint", "signed_webhook", address="http://a.example/", channel="signed_webhook"
        ).status_code
        == 422
    )
    keys = endpoint(world, "mvno", "signed_file").their_keys
    press(client, "order_endpoint", "signed_file", channel="signed_file", their_keys=keys, is_active="on")
    for name in ("order_endpoint_try", "order_endpoint_key"):
        assert press(client, name, "signed_file").status_code == 302
    content = page(client, "order_endpoint", "signed_file")
    assert "working" in content and "whpk_" in content and "whsk_" not in content and "exchange/" in content
    order = issued(world, receivers=("carrier",))
    settle()
    with unscoped("test"):
        sending = Sending.objects.get(instance=order)
        Sending.objects.filter(pk=sending.pk).update(state="dead", problem="the disk was full")
    assert "the disk was full" in page(client, "order_endpoints")
    for _ in range(2):
        assert press(client, "order_send_again", sending.pk).status_code == 302
    assert press(world.client("mvno", Role.ADMINISTRATOR), "order_send_again", sending.pk).status_code == 404


def test_a_system_posts_its_answers_and_nobody_else(world: World, client: Client) -> None:
    receiving = endpoint(world, "carrier", "signed_webhook")
    order = issued(world, receivers=("carrier",))
    body = answers({"leg": f"{order.ref}/1", "state": "acknowledged", "at": "2026-03-01"})
    address = reverse("order_answers", args=[receiving.ref])

    def send(data: bytes, headers: dict[str, str], to: str = address) -> Any:
        sent = {name: value for name, value in headers.items() if name != "content-type"}
        return client.post(to, data, content_type="application/json", headers=sent)

    headers = dict(signed(body).headers)
    for _ in range(2):
        answer = send(body, headers)
        assert (answer.status_code, answer.json()["used"]) == (200, 1)
    assert states(order) == {"1": "acknowledged"}
    assert send(body + b" ", headers).status_code == 401
    assert send(body, headers, reverse("order_answers", args=["nothing"])).status_code == 401
    assert send(b"{}", dict(signed(b"{}").headers)).status_code == 422
    assert client.get(address).status_code == 405
    assert client.post(address, {"answers": "a form"}).status_code == 401
    Endpoint._base_manager.update(secret_file="orders-not-there")
    assert send(body, headers).status_code == 503
    with unscoped("test"):
        assert ReceivedMessage.objects.count() == 1
