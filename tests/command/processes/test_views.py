"""Pages of processes come from the processes: next steps first, why not, who may read, and both languages."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.audits_made import marked_once, marked_twice
from tests.command.processes.orders_made import actor, draft_evidence, drafted, issued, other_notice

from fanzha.command.organizations.models import Membership
from fanzha.command.processes.models import Notification, ProcessInstance, Step, SubjectNotice
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.processes.services import open_process
from fanzha.command.processes.worker import run_once
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def page(client: Client, name: str, *args: object, status: int = 200) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == status
    return str(answer.content, "utf-8")


def sent(client: Client, address: str) -> bytes:
    return b"".join(client.get(address).streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("language", "words"), [("en", "Approve as second person"), ("zh-hans", "第二人批准")])
def test_the_next_step_is_offered_to_who_may_take_it(world: World, language: str, words: str) -> None:
    order = drafted(world)
    shown = page(world.client("centre", Role.REVIEWER, language=language), "process", order.ref)
    assert words in shown and reverse("process_do", args=[order.ref, "approve"]) in shown
    assert "17000001234" not in shown and "•" in shown


def test_who_may_not_is_told_why(world: World) -> None:
    order = drafted(world)
    shown = page(world.client("centre", Role.ANALYST, language="en"), "process", order.ref)
    assert reverse("process_do", args=[order.ref, "approve"]) not in shown and "Approve as second person:" in shown


def test_a_reviewer_approves_by_the_form_and_everybody_sees_it(world: World) -> None:
    order, client = drafted(world), world.client("centre", Role.REVIEWER)
    address = reverse("process_do", args=[order.ref, "approve"])
    empty = client.post(address, {"revision": "1"})
    assert empty.status_code == 422 and b"errorlist" in empty.content
    answer = client.post(address, {"opinion": "as the evidence says", "revision": "1"})
    assert answer.status_code == 302 and answer["Location"] == reverse("order", args=[order.ref])
    with unscoped("test"):
        assert ProcessInstance.objects.get(pk=order.pk).state == "issued"
    assert "as the evidence says" in page(client, "process", order.ref)


def test_an_executor_sees_and_moves_his_own_leg_only(world: World) -> None:
    order, client = issued(world), world.client("carrier", Role.EXECUTOR)
    shown = page(client, "process", order.ref)
    assert str(world["other_mvno"]) not in re.sub(r"<select.*?</select>", "", shown, flags=re.S)
    address = reverse("process_do", args=[order.ref, "acknowledge"])
    assert client.post(address, {"leg": "1"}).status_code == 302
    client.post(address, {"leg": "3"})  # the ISP's
    with unscoped("test"):
        assert [step.leg for step in Step.objects.filter(instance=order, event="acknowledge")] == ["1"]


def test_a_process_of_others_is_not_there(world: World) -> None:
    order = drafted(world)
    client = world.client("other_carrier", Role.REVIEWER)
    for name, args in (("process", [order.ref]), ("process_do", [order.ref, "approve"])):
        page(client, name, *args, status=404)


def test_an_order_is_opened_by_the_form(world: World) -> None:
    client = world.client("centre", Role.ANALYST)
    address = reverse("process_open", args=["order", "draft"])
    assert client.get(address).status_code == 200
    answer = client.post(
        address,
        {
            "target_kind": "number",
            "action": "refuse",
            "subjects": "+8617000001234",
            "scope": "outgoing",
            "reason": "a burst",
            "expires_at": "2027-01-01T00:00",
            "receivers": [world["carrier"].pk],
        },
    )
    assert answer.status_code == 302, answer.context["form"].errors
    with unscoped("test"):
        made = ProcessInstance.objects.get()
    assert (made.owner_id, made.state) == (world["centre"].pk, "drafted")
    assert made.title and "0000" not in made.title, "it is the masked target"


def test_the_form_of_an_order_asks_for_nothing_that_the_service_computes(world: World) -> None:
    client = world.client("centre", Role.ANALYST)
    text = client.get(reverse("process_open", args=["order", "draft"])).content.decode()
    assert 'name="subjects"' in text
    assert not any(f'name="{name}"' in text for name in ("hits", "spared", "title"))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_process_has_its_page_and_its_drawing(world: World, language: str) -> None:
    client = world.client("carrier", Role.ANALYST, language=language)
    assert all(
        reverse("process_definition", args=[name]) in page(client, "process_definitions") for name in load_processes()
    )
    for name in load_processes():
        assert "<table" in page(client, "process_definition", name)
        drawn = client.get(reverse("process_diagram", args=[name]))
        assert drawn["Content-Type"] == "image/svg+xml" and b"<svg" in drawn.content


def test_the_list_shows_what_is_late_and_goes_on(world: World) -> None:
    order, client = drafted(world), world.client("centre", Role.ANALYST)
    assert order.ref in page(client, "processes")
    listed = reverse("processes")
    assert order.ref not in str(client.get(listed, {"show": "late"}).content)
    assert order.ref not in str(client.get(listed, {"cursor": f"{order.pk}_{order.pk}"}).content)
    assert client.get(listed, {"cursor": "x", "process": "nothing", "show": "never"}).status_code == 200


def test_messages_are_read_and_notices_delivered(world: World) -> None:
    issued(world)
    run_once()
    clerk = world.client("centre", Role.CLERK)
    with unscoped("test"):
        limit = SubjectNotice.objects.get()
        notice = other_notice(limit.instance)
        told = Notification.objects.create(
            key="k", owner=world["centre"], text_zh="迟", text_en="The window closed", at=notice.written_at
        )
    assert "The window closed" in page(clerk, "inbox")
    clerk.post(reverse("inbox_read"), {"message": [told.pk]})
    assert "The window closed" not in page(clerk, "inbox")
    assert "limited" in page(clerk, "subject_notices")
    delivered = reverse("subject_notice_delivered", args=[notice.pk])
    assert world.client("centre", Role.ANALYST).post(delivered, {"how": "by letter"}).status_code == 403
    assert clerk.post(delivered, {"how": "by letter"}).status_code == 302
    with unscoped("test"):
        assert SubjectNotice.objects.get(pk=notice.pk).delivered_by == "by letter"
    assert clerk.post(delivered, {"how": "again"}).status_code == 404
    answer = clerk.post(reverse("subject_notice_delivered", args=[limit.pk]), {"how": "by letter"}, follow=True)
    assert "by proof alone" in answer.content.decode()
    with unscoped("test"):
        assert SubjectNotice.objects.get(pk=limit.pk).delivered_at is None


def test_a_message_that_was_opened_is_read(world: World) -> None:
    clerk, words = world.client("centre", Role.CLERK), {"text_zh": "迟", "text_en": "The window closed"}
    with unscoped("test"):
        at = timezone.now()
        told = Notification.objects.create(key="k", owner=world["centre"], path="/words/", at=at, **words)
    opened = reverse("inbox_open", args=[told.pk])
    assert opened in page(clerk, "inbox")
    assert world.client("carrier", Role.CLERK).get(opened).status_code == 404
    assert clerk.get(opened)["Location"] == "/words/"
    assert opened not in page(clerk, "inbox")


def test_a_file_of_a_step_is_for_those_who_read_the_step(world: World) -> None:
    order = issued(world)
    client = world.client("carrier", Role.EXECUTOR)
    client.post(reverse("process_do", args=[order.ref, "acknowledge"]), {"leg": "1"})
    given = {
        "leg": "1",
        "executed_at": "2026-11-25T12:00",
        "result": "done",
        "proof": SimpleUploadedFile("log.txt", b"refused"),
    }
    client.post(reverse("process_do", args=[order.ref, "report_executed"]), given)
    with unscoped("test"):
        name = Step.objects.get(event="report_executed").evidence["proof"]
    address = reverse("process_file", args=[order.ref, name])
    assert sent(client, address) == b"refused"
    assert world.client("other_mvno", Role.EXECUTOR).get(address).status_code == 404
    assert client.get(reverse("process_file", args=[order.ref, "0" * 64])).status_code == 404


def test_a_hash_in_a_text_opens_no_file(world: World) -> None:
    warrant = upload_for_all([b"a warrant of somebody else"])
    given = draft_evidence(world, timezone.now()) | {"reason": warrant}
    made = open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), given)
    address = reverse("process_file", args=[made.ref, warrant])
    assert world.client("centre", Role.ANALYST).get(address).status_code == 404


def test_what_another_page_posts_is_shown_to_be_completed(world: World) -> None:
    client = world.client("centre", Role.ANALYST)
    answer = client.post(
        reverse("process_open", args=["order", "draft"]), {"prefill": "1", "subjects": "+8617000001234"}
    )
    assert answer.status_code == 200 and "+8617000001234" in str(answer.content) and b"errorlist" not in answer.content
    with unscoped("test"):
        assert not ProcessInstance.objects.exists()


def test_several_files_prove_one_step(world: World) -> None:
    analyst, about = world.client("carrier", Role.ANALYST), "+8617000001234"
    opened = {"outlet": "a shop", "cause": "audit", "openings": about}
    answer = analyst.post(reverse("process_open", args=["outlet_liability", "link_case"]), opened)
    ref = answer["Location"].rstrip("/").rpartition("/")[2]
    photos = [SimpleUploadedFile(f"{name}.txt", name.encode()) for name in ("shelf", "desk")]
    address = reverse("process_do", args=[ref, "lock_evidence"])
    assert b"multiple" in analyst.get(address).content
    assert analyst.post(address, {"records": photos}).status_code == 302
    with unscoped("test"):
        names = Step.objects.get(event="lock_evidence").evidence["records"]
    assert [sent(analyst, reverse("process_file", args=[ref, name])) for name in names] == [b"shelf", b"desk"]


def test_a_carrier_limits_a_card_on_its_own_network(world: World) -> None:
    analyst, reviewer = (world.client("carrier", role) for role in (Role.ANALYST, Role.REVIEWER))
    flag = {"cause": "dormant", "findings": "odd", "card": "+8617000001234"}
    answer = analyst.post(reverse("process_open", args=["card_rereview", "flag"]), flag)
    ref = answer["Location"].rstrip("/").rpartition("/")[2]
    analyst.post(reverse("process_do", args=[ref, "grade"]), {"grade": "b", "reason": "odd"})
    limit = {"measure": "limit", "reason": "odd", "network": [world["carrier"].pk]}
    assert analyst.post(reverse("process_do", args=[ref, "propose_limit"]), limit).status_code == 302
    reviewer.post(reverse("process_do", args=[ref, "approve_limit"]), {"opinion": "as it says"})
    with unscoped("test"):
        assert ProcessInstance.objects.get(ref=ref).state == "limited"
    assert "Report done" in page(world.client("carrier", Role.EXECUTOR), "process", ref)


def test_two_inspectors_who_work_there_inspect(world: World) -> None:
    first, second = (world.person("administration", role) for role in (Role.INSPECTOR, Role.REVIEWER))
    client, address = (
        world.client("administration", Role.INSPECTOR),
        reverse("process_open", args=["supervision", "join_police"]),
    )
    file = SimpleUploadedFile("document.txt", b"a document")
    for named, status in (([first.ref], 422), ([first.ref, "nobody-at-all"], 422), ([first.ref, second.ref], 302)):
        file.seek(0)
        told = {"police_document": file, "inspected": world["platform"].pk, "inspectors": named}
        assert client.post(address, told).status_code == status


def test_a_random_inspection_asks_for_nothing_and_is_drawn(world: World) -> None:
    deputy = world.person("administration", Role.REVIEWER)
    Membership.objects.create(person=deputy, organization=world["administration"], role=Role.INSPECTOR.value)
    client = world.client("administration", Role.INSPECTOR)
    address = reverse("process_open", args=["supervision", "draw"])
    shown = client.get(address).content.decode()
    assert 'name="seed"' not in shown and 'name="inspected"' not in shown and "by the system" in shown
    assert client.post(address, {}).status_code == 302


def test_a_field_that_others_alone_may_give_is_not_asked_for(world: World) -> None:
    address = reverse("process_open", args=["order", "draft"])
    for name, asked in (("police", True), ("centre", False)):
        shown = str(world.client(name, Role.LIAISON, Role.ANALYST).get(address).content)
        assert ('name="notice_withheld_until"' in shown) is asked and 'name="reason"' in shown


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Hidden until “Second marking”"), ("zh-hans", "“第二人判定”之前不可见")]
)
def test_a_second_marker_reads_and_downloads_nothing_of_the_first(world: World, language: str, words: str) -> None:
    audit, name = marked_once(world)
    first, second = (world.client("administration", role, language=language) for role in (Role.INSPECTOR, Role.ANALYST))
    address = reverse("process_file", args=[audit.ref, name])
    assert words not in page(first, "process", audit.ref) and sent(first, address) == b"marks of the first"
    shown = page(second, "process", audit.ref)
    assert words in shown and name not in shown and second.get(address).status_code == 404
    marked_twice(world, audit)
    assert words not in page(second, "process", audit.ref) and sent(second, address) == b"marks of the first"
