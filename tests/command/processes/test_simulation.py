"""What is opened about something made up is an exercise; what is real outweighs it."""

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.processes.test_openings import RECHECK, changed
from tests.command.subjects.factories import finding_row, subject
from tests.command.web.api.asking import asking

from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.services import About
from fanzha.command.processes.simulation import is_simulated
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions
from fanzha.command.web.roles import Role


@pytest.fixture
def real(world: World) -> Organization:
    """A carrier that is no made-up one."""
    Organization.objects.filter(pk=world["carrier"].pk).update(simulated=False)
    world["carrier"].refresh_from_db()
    return world["carrier"]


def test_nothing_is_an_exercise_by_itself(world: World, real: Organization) -> None:
    assert not is_simulated(real, About()) and not is_simulated(real, About(subject="none", campaign="none"))
    assert is_simulated(world["centre"], About()) and is_simulated(real, About(simulated=True))


@pytest.mark.parametrize("made_up", [True, False])
def test_it_is_as_its_campaign_is(real: Organization, made_up: bool) -> None:
    assert is_simulated(real, About(campaign=campaign(real, simulated=made_up).ref)) is made_up


def test_it_is_as_its_subject_is_until_something_real_is_known_of_it(world: World, real: Organization) -> None:
    about = About(kind="phone_number", subject=subject().ref)
    assert not is_simulated(real, about)
    finding_row(real, simulated=True)
    assert is_simulated(real, about)
    viewer = world.viewer("carrier", Role.ANALYST)
    give_opinions([subject()], OpinionDraft(Level.WATCH, simulated=True), viewer, timezone.now())
    assert is_simulated(real, about)
    give_opinions([subject()], OpinionDraft(Level.WATCH), viewer, timezone.now())
    assert not is_simulated(real, about)


def test_a_real_finding_makes_it_real(real: Organization) -> None:
    finding_row(real, simulated=True)
    finding_row(real, trigger="another")
    assert not is_simulated(real, About(subject=subject().ref))


@pytest.mark.parametrize("made_up", [True, False])
def test_the_page_and_the_api_open_it_as_what_it_is_about(world: World, real: Organization, made_up: bool) -> None:
    finding_row(real, simulated=made_up)
    about = {"about_kind": "phone_number", "about": subject().ref}
    lead = {"fraud_type": "a loan", "grade": "plain", "summary": "calls by night", "subjects": subject().value}
    client = world.client("carrier", Role.ANALYST)
    address = reverse("process_open", args=["lead", "draft"])
    page = client.post(address, {**about, **lead, "receivers": [world["police"].pk]})
    assert page.status_code == 302, page.content.decode()
    evidence = {**lead, "subjects": [subject().value], "receivers": [world["police"].ref]}
    asks = asking(world, "carrier", scopes=["flows:write"], roles=["analyst"])
    body = {"process": "lead", "event": "draft", "evidence": evidence, **about}
    answer = asks.post("/api/v1/flows/instances", body, "application/json")
    assert answer.status_code == 201, answer.content
    assert [one.simulated for one in ProcessInstance._base_manager.all()] == [made_up, made_up]


def test_what_follows_by_api_is_what_the_one_before_is(world: World, real: Organization) -> None:
    followed = changed(world)
    ProcessInstance._base_manager.update(marking=Marking.RED)
    asks = asking(world, "carrier", scopes=["flows:write"], roles=["analyst"])
    body = {"process": "key_service_recheck", "event": "begin", "evidence": RECHECK, "follows": followed.pk}
    answer = asks.post("/api/v1/flows/instances", body, "application/json")
    assert answer.status_code == 201, answer.content
    made = ProcessInstance._base_manager.get(process="key_service_recheck")
    assert (made.simulated, made.marking, made.title) == (True, Marking.RED, "400 made up")
