"""A granted request erases what the law does not keep and says what it keeps, by which law; corrections are exact."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from tests.command.audit.rereviews import verifying
from tests.command.people import World
from tests.command.privacy.requests_made import granted, searched
from tests.command.processes.orders_made import actor
from tests.command.subjects.factories import NUMBER, finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.services import recorded
from fanzha.command.audit.verification import verify
from fanzha.command.imports.models import ImportJob, SparedRow
from fanzha.command.organizations.models import Membership
from fanzha.command.privacy.person_requests import CORRECTIONS, carry_out
from fanzha.command.privacy.retention_classes import table_retentions
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.services import fire
from fanzha.command.subjects.models import FindingRow, Subject
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

NOW = timezone.now()
OLD = NOW - timedelta(days=400)


@pytest.fixture(autouse=True)
def all_rows() -> Iterator[None]:
    with unscoped("test"):
        yield


def results(request: ProcessInstance) -> str:
    return "\n".join(Step.objects.get(instance=request, event="carry_out").evidence["results"])


def finding(world: World, ended: datetime, name: str = "carrier") -> FindingRow:
    return finding_row(world[name], found_at=ended, valid_until=ended)


def test_rows_past_the_floor_are_erased_and_younger_ones_kept_with_the_law(world: World) -> None:
    finding(world, OLD)
    kept, of_others = finding(world, NOW - timedelta(days=10)), finding(world, OLD, "other_carrier")
    request = granted(world, "erasure")
    assert request.state == "to_answer"
    assert set(FindingRow.objects.all()) == {kept, of_others}
    said = results(request)
    assert "线索：删除 1 条" in said and "Findings: 1 deleted" in said
    assert "Findings: 1 kept by law (Cybersecurity Law, Art. 21)" in said and "《网络安全法》第二十一条" in said
    assert verify().faults == []


def test_rows_are_kept_while_a_fraud_process_about_the_person_is_open(world: World) -> None:
    finding(world, OLD)
    review, _face = verifying(world)
    about = subject(NUMBER)
    ProcessInstance.objects.filter(pk=review.pk).update(about=about.ref)
    request = granted(world, "erasure")
    assert FindingRow.objects.count() == 1
    assert "Findings: 1 kept for an open process" in results(request)


def test_an_ended_process_about_the_person_is_erased_and_the_log_explains_it(world: World) -> None:
    review, _face = verifying(world)
    about = subject(NUMBER)
    ProcessInstance.objects.filter(pk=review.pk).update(about=about.ref, ended_at=NOW - timedelta(days=400))
    request = granted(world, "erasure")
    assert not ProcessInstance.objects.filter(pk=review.pk).exists()
    entry = LogEntry.objects.get(kind="rows_deleted")
    assert '"reason":"request"' in entry.facts and entry.about == review.ref
    assert "Processes: 1 deleted" in results(request)


def test_the_request_itself_stays_as_its_proof(world: World) -> None:
    finding(world, OLD)
    request = granted(world, "erasure")
    assert ProcessInstance.objects.filter(pk=request.pk).exists() and Subject.objects.exists()


def test_an_account_without_office_is_erased_and_one_with_office_kept(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    mail = person.email
    assert "a role of the person is in force" in results(granted(world, "erasure", mail))
    Membership.objects.filter(person=person).update(until=NOW - timedelta(seconds=1))
    assert "the account: name, mail address" in results(granted(world, "erasure", mail))
    person.refresh_from_db()
    assert person.name == "–" and mail not in person.email and not person.is_active


def spared(world: World, holder: str) -> SparedRow:
    owner = world["carrier"]
    job = ImportJob.objects.create(owner=owner, table="allowlist", file_name="a", sha256="0" * 64, size=1)
    return SparedRow.objects.create(
        owner=owner, job=job, row=1, number=NUMBER, origin_kind="trunk", origin="T", holder=holder, proof="a",
        until=NOW + timedelta(days=9),
    )  # fmt: skip


def test_a_value_is_corrected_where_it_stood_and_the_old_one_is_evidence(world: World) -> None:
    row = spared(world, "张示列")
    correction = {"corrected": "holder", "old_value": "张示列", "new_value": "张示例"}
    request = granted(world, "correction", **correction)
    row.refresh_from_db()
    assert row.holder == "张示例" and "Spared numbers: 1 corrected" in results(request)
    assert Step.objects.get(instance=request, event="propose").personal["old_value"] == "张示列"
    assert LogEntry.objects.filter(kind="personal_data_corrected").count() == 1
    assert verify().faults == []


def test_what_does_not_have_the_old_value_is_not_corrected(world: World) -> None:
    row = spared(world, "another")
    correction = {"corrected": "holder", "old_value": "张示列", "new_value": "张示例"}
    assert "there was no such data" in results(granted(world, "correction", **correction))
    row.refresh_from_db()
    assert row.holder == "another"


def test_only_columns_that_the_tables_declare_are_corrected() -> None:
    for label, column in CORRECTIONS.values():
        assert column in table_retentions()[label].corrects


def test_nothing_is_left_to_do_the_second_time(world: World) -> None:
    finding(world, OLD)
    request = granted(world, "erasure")
    with recorded() as log:
        again = carry_out(request, "erasure", NOW, log)
    assert not any("deleted" in words.en for words in again)


def test_the_handler_neither_decides_nor_closes(world: World) -> None:
    request = searched(world, "erasure")
    officer = actor(world, "carrier", Role.PRIVACY_OFFICER)
    fire(request.ref, "propose", officer, {"reason": "PIPL Art. 47"})
    with pytest.raises(Refusal):
        fire(request.ref, "approve", officer, {"opinion": "mine"})


def test_a_proposed_refusal_carries_nothing_out(world: World) -> None:
    finding(world, OLD)
    request = searched(world, "erasure")
    fire(request.ref, "propose_refusal", actor(world, "carrier", Role.CLERK), {"reason": "PIPL Art. 47"})
    reviewer = actor(world, "carrier", Role.REVIEWER)
    with pytest.raises(Refusal):
        fire(request.ref, "approve", reviewer, {"opinion": "no"})
    fire(request.ref, "refuse", reviewer, {"reason": "the law keeps it"})
    request.refresh_from_db()
    assert request.state == "to_answer" and FindingRow.objects.count() == 1


def test_who_proposed_or_answered_does_not_close(world: World) -> None:
    request = granted(world, "access")
    clerk, officer = actor(world, "carrier", Role.CLERK), actor(world, "carrier", Role.PRIVACY_OFFICER)
    fire(request.ref, "answer", clerk, {"answered_at": to_ms(NOW), "answer": "the copy"})
    with pytest.raises(Refusal):
        fire(request.ref, "close", officer, {"opinion": "complete"})
    fire(request.ref, "close", actor(world, "carrier", Role.REVIEWER), {"opinion": "complete"})
    request.refresh_from_db()
    assert request.state == "closed"
