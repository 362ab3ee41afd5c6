"""Whom the log forgets, running processes forget: personal evidence and its files; what is public stays."""

import pytest
from tests.command.evidence.rereviews import CARD, SUBJECT, personal, verifying
from tests.command.flows.orders_made import drafted
from tests.command.people import World

from fanzha.command.evidence.erasing import erase
from fanzha.command.evidence.forgetting import forget_files
from fanzha.command.evidence.verifying import verify
from fanzha.command.flows.models import Step
from fanzha.command.organizations.scoping import everything
from fanzha.store.evidence_files import kept_file


def test_erasing_a_person_blanks_his_evidence_in_all_processes_about_him(world: World) -> None:
    review, name = verifying(world)
    other = drafted(world)
    with everything("test"):
        assert erase(SUBJECT, basis="PIPL Art. 47", actor="", organisation="") == 3
        kept = Step.objects.get(instance=review, event="flag").evidence
    assert personal(review) == [] and kept_file(name) is None
    assert kept["cause"] == "dormant"
    assert len(personal(other)) == 1
    assert verify().faults == []


def test_a_process_that_is_about_nobody_is_erased_by_its_own_reference(world: World) -> None:
    order = drafted(world)
    with everything("test"):
        erase(order.ref, basis="PIPL Art. 47", actor="", organisation="")
    assert personal(order) == []


def test_files_alone_are_forgotten_where_they_have_served(world: World) -> None:
    review, name = verifying(world)
    assert forget_files(review) == 1
    assert kept_file(name) is None
    assert personal(review) == [{"card": CARD}, {"purpose": "for my family"}]
    assert forget_files(review) == 0


def test_a_file_that_another_process_names_stays_until_nobody_does(world: World) -> None:
    (one, name), (other, same) = verifying(world), verifying(world)
    assert name == same
    assert forget_files(one) == 1 and kept_file(name) is not None
    assert all("record" not in held for held in personal(one))
    assert forget_files(other) == 1 and kept_file(name) is None


@pytest.mark.parametrize("same_process", [True, False])
def test_erasing_a_person_leaves_the_papers_of_others(world: World, same_process: bool) -> None:
    review, name = verifying(world)
    with everything("test"):
        warrant = Step.objects.filter(instance=review if same_process else drafted(world))[0]
        Step.objects.filter(pk=warrant.pk).update(evidence={**warrant.evidence, "document": [name]})
        erase(SUBJECT, basis="PIPL Art. 47", actor="", organisation="")
    assert personal(review) == [] and kept_file(name) is not None


def test_who_is_interrupted_goes_on_with_what_is_left(world: World) -> None:
    review, name = verifying(world)
    path = kept_file(name)
    assert path is not None
    path.unlink()
    assert forget_files(review) == 1
    assert all("record" not in held for held in personal(review))
