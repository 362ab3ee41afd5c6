"""Rows of running processes say what they are, and are read by those who take part alone."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_scopes.exceptions import ScopeError
from tests.command.people import World
from tests.command.processes.orders_made import drafted, issued

from fanzha.command.processes.models import (
    FalseDisposal,
    FollowUp,
    ListEntry,
    Notification,
    OutboxItem,
    Participation,
    ProcessInstance,
    ProcessVersion,
    Step,
    StepFile,
    SubjectNotice,
    Timer,
)
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped

#: Names of files.
ONE, OTHER, THIRD = "a" * 64, "0" * 63 + "f", "9" * 64

SCOPED = (ProcessInstance, Step, Notification, SubjectNotice, ListEntry, FalseDisposal, FollowUp)


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_without_a_viewer_nothing_can_be_asked(model: type[ProcessInstance], db: None) -> None:
    with pytest.raises(ScopeError):
        model.objects.count()


def test_a_process_is_read_by_its_owner_its_receivers_and_who_supervises(world: World) -> None:
    issued(world)
    seen = {}
    for name in (
        "centre",
        "carrier",
        "other_mvno",
        "other_carrier",
        "administration",
        "ministry",
        "police",
        "far_carrier",
    ):
        with scoped_to(world.viewer(name, Role.ANALYST)):
            seen[name] = ProcessInstance.objects.count()
    assert seen == {
        "centre": 1,
        "carrier": 1,
        "other_mvno": 1,
        "other_carrier": 0,
        "administration": 1,
        "ministry": 1,
        "police": 0,
        "far_carrier": 0,
    }


def test_what_is_for_named_readers_only_is_hidden_from_supervisors(world: World) -> None:
    order = drafted(world)
    with unscoped("test"):
        ProcessInstance.objects.filter(pk=order.pk).update(marking="TLP:RED")
    with scoped_to(world.viewer("ministry", Role.ANALYST)):
        assert not ProcessInstance.objects.exists() and not Step.objects.exists()


def test_a_version_is_kept_once_and_read_back(world: World) -> None:
    process = load_processes()["order"]
    one, two = ProcessVersion.of(process), ProcessVersion.of(process)
    assert one.pk == two.pk and one.process == process and str(one) == f"order, version {process.version}"


def test_rows_say_what_they_are(world: World) -> None:
    order = issued(world)
    now = timezone.now()
    with unscoped("test"):
        step, timer = Step.objects.filter(instance=order).first(), Timer.objects.filter(instance=order).first()
        told = Notification(key="k", owner=world["centre"], text_zh="迟", text_en="late", at=now)
        notice = SubjectNotice(fact_en="limited")
        entry = ListEntry(instance=order, process="supervision", about="A")
        wrong = FalseDisposal(instance=order, event="roll_back")
        item = OutboxItem.objects.filter(instance=order).first()
        part = Participation.objects.filter(instance=order, is_owner=True).get()
    assert step and str(step) == f"{order.pk}/1 draft" and timer and str(timer).startswith(f"{order.pk}/")
    assert [str(one) for one in (told, notice, entry)] == ["late", "limited", "supervision A"]
    assert str(wrong) == f"{order.pk} roll_back" and item is not None and item.effect in str(item)
    assert str(order) == f"order {order.ref}" and str(part) == f"Example centre in {order.pk}"


def test_a_step_has_one_number(world: World) -> None:
    order = drafted(world)
    with unscoped("test"), pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.create(instance=order, number=1, event="again", after="drafted", at=timezone.now())


def test_files_in_evidence_and_in_what_is_personal_are_found() -> None:
    step = Step(evidence={"proof": ONE, "document": [OTHER, ONE]}, personal={"record": THIRD, "told": {"in": [ONE]}})
    found = [(one.name, one.is_personal) for one in StepFile.of([step])]
    assert found == [(OTHER, False), (ONE, False), (THIRD, True), (ONE, True)]


def test_what_is_no_name_of_a_file_is_none() -> None:
    step = Step(
        evidence={"reason": f"see {ONE}", "hits": 3, "short": "a" * 63, "big": "A" * 64}, personal={"none": None}
    )
    assert list(StepFile.of([step])) == []
