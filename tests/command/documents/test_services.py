"""Documents are numbered without gaps by organisation, type and year, once a step, and their SHA-256 is on record."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone
from tests.command.documents.inspections_made import confirm, documents, find, opened
from tests.command.documents.pdf_text import pdf_text
from tests.command.people import World
from tests.command.processes.orders_made import actor, issued

from fanzha.base.words import Words
from fanzha.command.audit.selectors import all_entries, decode_facts
from fanzha.command.audit.services import recorded
from fanzha.command.documents import services
from fanzha.command.documents.models import IssuedDocument
from fanzha.command.processes.models import OutboxItem, OutboxState, SubjectNotice
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.services import record_delivery
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db
_TEST = unscoped("test")


def test_each_type_is_numbered_from_one_without_gaps(world: World) -> None:
    first, second = opened(world), opened(world)
    for inspection in (first, second):
        find(world, inspection)
        confirm(world, inspection)
    year = timezone.now().astimezone().year
    assert [(each.document_type, each.number) for each in documents(first)] == [
        ("inspection_record", 1),
        ("rectification_order", 1),
    ]
    assert [(each.document_type, each.number) for each in documents(second)] == [
        ("inspection_record", 2),
        ("rectification_order", 2),
    ]
    assert documents(first)[1].citation == Words(f"演责改字〔{year}〕1号", f"EX No. {year}-1")


def test_a_number_of_what_failed_is_given_again(world: World) -> None:
    with _TEST, pytest.raises(OSError), recorded():
        services._next_number(world["administration"], "inspection_record", timezone.now().year, simulated=True)
        raise OSError("no space left")
    inspection = opened(world)
    find(world, inspection)
    assert [each.number for each in documents(inspection)] == [1]


def test_a_repeated_effect_gives_no_second_document(world: World) -> None:
    inspection = opened(world)
    find(world, inspection)
    OutboxItem.objects.update(state=OutboxState.WAITING, next_at=timezone.now())
    deliver_due(timezone.now())
    assert [each.number for each in documents(inspection)] == [1]


def test_a_proof_of_service_waits_for_what_it_serves(world: World) -> None:
    issued(world)
    deliver_due(timezone.now())
    with unscoped("test"):
        OutboxItem.objects.filter(effect="issue_documents").update(next_at=timezone.now() + timedelta(minutes=5))
        record_delivery(SubjectNotice.objects.get(), "by hand", actor(world, "centre", Role.CLERK))
        deliver_due(timezone.now())
        proof = OutboxItem.objects.get(key__endswith="/proof_of_service")
        assert proof.state == OutboxState.WAITING and "notice" in proof.problem
        assert not IssuedDocument.objects.exists()
        OutboxItem.objects.filter(effect="issue_documents").update(next_at=timezone.now())
        deliver_due(timezone.now())
        OutboxItem.objects.filter(pk=proof.pk).update(next_at=timezone.now())
        deliver_due(timezone.now())
        notice, served = IssuedDocument.objects.order_by("pk")
    assert notice.document_type == "notice" and notice.citation.en.replace(" ", "") in pdf_text(bytes(served.pdf_en))


def test_the_sha256_of_each_pdf_is_in_the_log(world: World) -> None:
    inspection = opened(world)
    find(world, inspection)
    (document,) = documents(inspection)
    entry = all_entries(_TEST).get(kind=services.ISSUED)
    facts = decode_facts(entry.facts)
    assert facts["sha256_zh"] == sha256(bytes(document.pdf_zh)).hexdigest() == document.sha256_zh
    assert facts["sha256_en"] == sha256(bytes(document.pdf_en)).hexdigest() and facts["number"] == 1


def test_every_organisation_has_numbers_of_its_own(world: World) -> None:
    with _TEST:
        first = services._next_number(world["administration"], "notice", 2026)
        assert (first, services._next_number(world["administration"], "notice", 2026)) == (1, 2)
        assert services._next_number(world["administration"], "notice", 2026, simulated=True) == 1
        assert services._next_number(world["administration"], "notice", 2026) == 3
        assert services._next_number(world["carrier"], "notice", 2026) == 1
        assert services._next_number(world["administration"], "notice", 2027) == 1
    assert not IssuedDocument.as_read_by(world.viewer("carrier")).exists()
