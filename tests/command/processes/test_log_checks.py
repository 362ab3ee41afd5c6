"""A step that was changed, removed or added behind the log is found and named; what was erased is counted."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from tests.command.audit.rereviews import SUBJECT, verifying
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued

from fanzha.base.words import Words
from fanzha.command.audit.services import erase_person, recorded
from fanzha.command.audit.verification import VerificationResult, verify
from fanzha.command.processes.models import Leg, OutboxItem, ProcessInstance, Step
from fanzha.command.processes.services import fire
from fanzha.command.processes.worker import run_once
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


@pytest.fixture(autouse=True)
def all_rows() -> Iterator[None]:
    with unscoped("test"):
        yield


def faults() -> list[str]:
    return [str(fault) for fault in verify().faults]


def counts(result: VerificationResult) -> dict[str, int]:
    return {item.reason.en: item.quantity for item in result.unchecked}


def test_orders_and_reviews_with_files_match_the_log(world: World) -> None:
    issued(world)
    verifying(world)
    run_once()
    assert faults() == []


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"evidence": {"opinion": "no"}}, "opinion"),
        ({"evidence": {}}, "opinion"),
        ({"evidence": {"opinion": "yes", "more": 1}}, "more"),
        ({"actor": "system", "person": None}, "actor"),
        ({"organization": None}, "organization"),
        ({"at": timezone.now()}, "at"),
        ({"event": "reject"}, "event"),
        ({"before": "issued"}, "before"),
        ({"after": "drafted"}, "after"),
    ],
)
def test_a_changed_column_of_a_step_is_named(world: World, columns: dict[str, object], named: str) -> None:
    order = drafted(world)
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    assert faults() == []
    Step.objects.filter(instance=order, event="approve").update(**columns)
    assert any(f"step 2 of process {order.ref}: {named} was changed" in fault for fault in faults()), faults()


def test_changed_personal_evidence_of_a_step_is_named(world: World) -> None:
    review, _name = verifying(world)
    step = Step.objects.get(instance=review, event="flag")
    Step.objects.filter(pk=step.pk).update(personal={**step.personal, "card": "+8617000009999"})
    (fault,) = faults()
    assert f"step 1 of process {review.ref}: card was changed" in fault and "被更改" in fault


def test_personal_evidence_that_is_gone_without_an_erasure_on_record_is_named(world: World) -> None:
    review, _name = verifying(world)
    Step.objects.filter(instance=review, event="flag").update(personal={})
    assert len(faults()) == 1


def test_the_values_of_an_erased_person_are_counted_and_no_fault(world: World) -> None:
    verifying(world)
    erase_person(SUBJECT, basis="PIPL Art. 47", actor="", organization="")
    result = verify()
    assert result.faults == [] and counts(result)["personal values that were erased"] == 3


def test_a_step_that_is_missing_or_was_added_is_named(world: World) -> None:
    order = issued(world)
    approval = Step.objects.get(instance=order, event="approve")
    Step.objects.filter(pk=approval.pk).delete()
    assert f"step {approval.number} of process {order.ref} is missing" in " ".join(faults())
    approval.pk, approval.number = None, 99
    approval.save()
    assert f"step 99 of process {order.ref} is not on record" in " ".join(faults())


def test_a_process_whose_rows_are_gone_is_named(world: World) -> None:
    order = drafted(world)
    with recorded():  # the targets of the order are on record as deleted, the order is not
        ProcessInstance.objects.filter(pk=order.pk).delete()
    assert f"process {order.ref} is missing" in " ".join(faults())


def test_a_changed_state_of_a_process_or_a_leg_is_named(world: World) -> None:
    order = issued(world)
    ProcessInstance.objects.filter(pk=order.pk).update(state="ended")
    leg = Leg.objects.filter(instance=order)[0]
    Leg.objects.filter(pk=leg.pk).update(state="executed")
    found = " ".join(faults())
    assert f"the state of process {order.ref} was changed" in found
    assert f"the state of leg {leg.name} of process {order.ref} was changed" in found


def test_an_effect_of_a_step_that_is_not_on_record_shows_a_log_that_was_cut_short(world: World) -> None:
    order = issued(world)
    OutboxItem.objects.filter(instance=order).update(step=99)
    assert "follows from step 99, which is not on record" in " ".join(faults())


def test_more_processes_than_a_chunk_are_compared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fanzha.command.processes.log_checks._CHUNK", 1)
    orders = [drafted(world), drafted(world), drafted(world)]
    shown: list[int] = []

    def show(rows: Words, number: int) -> None:
        if rows.en == "steps of processes":
            shown.append(number)

    assert verify(progress=show).faults == []
    assert shown == [1, 2, 3]
    Step.objects.filter(instance=orders[2]).update(event="approve")
    assert len(faults()) == 1
