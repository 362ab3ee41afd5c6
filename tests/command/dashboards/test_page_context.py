"""The frame shows whose desk it is, in words, and lets a person change to another of his organisations alone."""

from tests.command.people import World

from fanzha.command.organizations.models import Membership
from fanzha.command.web.roles import Role


def test_the_bar_names_organisation_person_and_role(world: World) -> None:
    page = world.client("carrier", Role.ANALYST).get("/").content.decode()
    assert "Example carrier" in page
    assert "carrier analyst" in page
    assert ">analyst<" in page or "analyst</span>" in page


def test_who_works_for_one_organisation_gets_no_choice(world: World) -> None:
    page = world.client("carrier", Role.ANALYST).get("/").content.decode()
    assert "choose/organization" not in page


def test_who_works_for_two_may_choose_between_these(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    Membership.objects.create(person=world.person("carrier", Role.ANALYST), organization=world["bank"], role="clerk")
    page = client.get("/").content.decode()
    assert "choose/organization" in page
    assert "Example bank" in page
    assert "Example mvno" not in page


def test_a_page_for_nobody_has_no_places(world: World) -> None:
    page = world.client("carrier", Role.ANALYST).get("/nowhere/")
    assert page.status_code == 404
    assert b'class="places"' not in page.content
