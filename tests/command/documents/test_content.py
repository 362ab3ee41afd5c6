"""A document states what it is about, in its language, and nothing personal, internal or hidden."""

import pytest
from django.utils import timezone
from tests.command.documents.inspections_made import confirm, documents, find, opened
from tests.command.documents.pdf_text import pdf_text
from tests.command.people import World
from tests.command.processes.orders_made import actor, draft_evidence, issued

from fanzha.command.documents import content
from fanzha.command.documents.models import IssuedDocument
from fanzha.command.processes.models import SubjectNotice
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.services import fire, open_process, record_delivery
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db


def run_worker() -> None:
    """Carry out what waits, and what follows from it."""
    while deliver_due(timezone.now()):
        pass


def test_an_inspection_record_and_an_order_to_rectify(world: World) -> None:
    inspection = opened(world)
    find(world, inspection, clause="《反电信网络诈骗法》第十条")
    confirm(world, inspection)
    record, order = documents(inspection)
    chinese, english = pdf_text(bytes(record.pdf_zh)), pdf_text(bytes(record.pdf_en))
    for words in (
        "检查记录",
        "示例administration",
        "被检查单位",
        "示例platform",
        "违反条款",
        "未建立内部控制制度",
        "一般",
    ):
        assert words in chinese
    assert world.person("administration", Role.INSPECTOR).name.replace(" ", "") in chinese
    for words in ("Inspectionrecord", "Exampleplatform", "Clause", "未建立内部控制制度", "Plain", "No.20"):
        assert words in english
    ordered = pdf_text(bytes(order.pdf_zh))
    assert "责令整改通知书" in ordered and "致：示例platform" in ordered and "整改期限" in ordered
    assert "演练文书，不具效力" in ordered


def test_a_notice_of_a_limit_and_the_proof_of_its_service(world: World) -> None:
    issued(world)
    run_worker()
    with unscoped("test"):
        notice = SubjectNotice.objects.get()
        document = IssuedDocument.objects.get()
        assert document.document_type == "notice" and notice.fact_zh in pdf_text(bytes(document.pdf_zh))
        text = pdf_text(bytes(document.pdf_zh))
        assert "致：+8617••••01234" in text and "+8617000001234" not in text
        record_delivery(notice, "registered letter", actor(world, "centre", Role.CLERK))
        run_worker()
        proof = IssuedDocument.objects.exclude(pk=document.pk).get()
    told = pdf_text(bytes(proof.pdf_en))
    assert proof.document_type == "proof_of_service" and "registeredletter" in told
    assert "Notice" + document.citation.en.replace(" ", "") in told and "Recipient" in told


def test_the_notice_of_an_order_names_all_its_approved_targets_masked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = draft_evidence(world, timezone.now()) | {"hits": 3}
    evidence |= {"subjects": tuple(f"+861700000123{number}" for number in range(3))}
    order = open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence)
    fire(
        order.ref,
        "approve",
        actor(world, "centre", Role.REVIEWER),
        {"opinion": "x", "sent_back": (3,), "sent_back_reason": "y"},
    )
    order.refresh_from_db()
    with unscoped("test"):
        assert content._masked_subjects(order) == ["+86 17•• ••0 1230", "+86 17•• ••0 1231"]
        monkeypatch.setattr(content, "MAX_NAMED", 1)
        run_worker()
        document = IssuedDocument.objects.get()
    assert "To:+8617••••01230and1more" in pdf_text(bytes(document.pdf_en))
    assert "致：+8617••••01230等2个" in pdf_text(bytes(document.pdf_zh))
