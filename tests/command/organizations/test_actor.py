"""Administrators care for their own organisation and take others in if theirs supervises them; keys act as keys."""

from typing import cast

from django.test import RequestFactory
from tests.command.organizations.acting import doer, on_record
from tests.command.people import World

from fanzha.command.audit.recorder import recorded
from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.models import ApiKey
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.organizations.selectors import build_key_viewer
from fanzha.command.web.roles import Role


def test_an_administrator_cares_for_his_own_organisation_alone(world: World) -> None:
    assert doer(world, "carrier").administers(world["carrier"])
    assert not doer(world, "carrier").administers(world["other_carrier"])
    assert not doer(world, "administration").administers(world["carrier"])
    assert not doer(world, "carrier", Role.ANALYST).administers(world["carrier"])


def test_an_administrator_of_a_supervisor_takes_in_those_supervised(world: World) -> None:
    assert doer(world, "administration").supervises(world["carrier"])
    assert not doer(world, "administration").supervises(world["far_carrier"])
    assert not doer(world, "carrier").supervises(world["carrier"])


def test_whoever_runs_the_machine_may_do_all(world: World) -> None:
    assert AuditActor().administers(world["carrier"]) and AuditActor().supervises(world["carrier"])


def test_a_request_says_who_does_it(world: World) -> None:
    request = RequestFactory().get("/")
    request.viewer, request.organization = world.viewer("carrier", Role.ADMINISTRATOR), world["carrier"]  # type: ignore[attr-defined]
    found = AuditActor.of(cast(SignedInRequest, request))
    assert (found.person, found.organization) == (world.person("carrier", Role.ADMINISTRATOR), world["carrier"])
    request.viewer = request.viewer._replace(person=None)  # type: ignore[attr-defined]
    assert AuditActor.of(cast(SignedInRequest, request)).person is None


def test_what_is_done_is_on_record_with_who_did_it(world: World) -> None:
    person = doer(world, "carrier")
    with recorded() as log:
        person.record(log, "tried", "what", kind="a fact")
        assert person.viewer is not None
        by_key = person._replace(person=None, viewer=person.viewer._replace(person=None, key=7))
        by_key.record(log, "tried", "what")
        AuditActor().record(log, "tried", "what")
    assert person.person is not None
    actors = [one["actor"] for one in on_record("tried")]
    assert actors == [person.person.ref, f"key:{world['carrier'].ref}:7", ""]


def test_for_what_a_key_does_whoever_made_it_answers(world: World) -> None:
    person = doer(world, "carrier")
    key, _ = ApiKey.make(world["carrier"], "system", made_by=person.person)
    assert (
        AuditActor(None, world["carrier"], build_key_viewer(key)).responsible_person
        == person.person
        == person.responsible_person
    )


def test_a_refusal_is_its_words() -> None:
    assert str(AdministrationRefused("It is not possible.")) == "It is not possible."
