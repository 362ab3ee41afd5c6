"""Whom the log forgets, running processes forget: personal evidence and its files; what is public stays."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.command.audit.rereviews import CARD, SUBJECT, personal, verifying
from tests.command.people import World
from tests.command.processes.orders_made import drafted

from fanzha.command.audit.services import erase_person
from fanzha.command.audit.verification import verify
from fanzha.command.processes.erasure import erase_files, erase_person_data
from fanzha.command.processes.models import Step, StepFile
from fanzha.command.web.scoping import unscoped
from fanzha.store.evidence_files import find_file


def test_erasing_a_person_blanks_his_evidence_in_all_processes_about_him(world: World) -> None:
    review, name = verifying(world)
    other = drafted(world)
    with unscoped("test"):
        assert erase_person(SUBJECT, basis="PIPL Art. 47", actor="", organization="") == 3
        kept = Step.objects.get(instance=review, event="flag").evidence
    assert personal(review) == [] and find_file(name) is None
    assert kept["cause"] == "dormant"
    assert len(personal(other)) == 1
    assert verify().faults == []


def test_a_process_that_is_about_nobody_is_erased_by_its_own_reference(world: World) -> None:
    order = drafted(world)
    with unscoped("test"):
        erase_person(order.ref, basis="PIPL Art. 47", actor="", organization="")
    assert personal(order) == []


def test_files_alone_are_forgotten_where_they_have_served(world: World) -> None:
    review, name = verifying(world)
    assert erase_files(review) == 1
    assert find_file(name) is None
    assert personal(review) == [{"card": CARD}, {"purpose": "for my family"}]
    assert erase_files(review) == 0


def test_a_file_that_another_process_names_stays_until_nobody_does(world: World) -> None:
    (one, name), (other, same) = verifying(world), verifying(world)
    assert name == same
    assert erase_files(one) == 1 and find_file(name) is not None
    assert all("record" not in held for held in personal(one))
    assert erase_files(other) == 1 and find_file(name) is None


@pytest.mark.parametrize("same_process", [True, False])
def test_erasing_a_person_leaves_the_papers_of_others(world: World, same_process: bool) -> None:
    review, name = verifying(world)
    with unscoped("test"):
        warrant = Step.objects.filter(instance=review if same_process else drafted(world))[0]
        StepFile.objects.create(step=warrant, name=name, is_personal=False)
        erase_person(SUBJECT, basis="PIPL Art. 47", actor="", organization="")
    assert personal(review) == [] and find_file(name) is not None


def test_who_is_interrupted_goes_on_with_what_is_left(world: World) -> None:
    review, name = verifying(world)
    path = find_file(name)
    assert path is not None
    path.unlink()
    assert erase_files(review) == 1
    assert all("record" not in held for held in personal(review))


def test_no_step_names_what_is_forgotten(world: World) -> None:
    review, name = verifying(world)
    assert StepFile.objects.filter(name=name, step__instance=review, is_personal=True).count() == 1
    erase_files(review)
    assert not StepFile.objects.filter(name=name).exists()


def test_what_erasing_asks_does_not_grow_with_steps_and_files(world: World) -> None:
    asked = []
    for many in (1, 6):
        for number in range(many):
            verifying(world, f"face {many} {number}".encode())
        with CaptureQueriesContext(connection) as queries:
            erase_person_data(SUBJECT)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 6


def test_whether_others_name_a_file_is_read_from_an_index(world: World) -> None:
    verifying(world)
    with CaptureQueriesContext(connection) as queries:
        erase_person_data(SUBJECT)
    assert not [one["sql"] for one in queries if "LIKE" in one["sql"].upper()]
