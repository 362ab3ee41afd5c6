"""Choices are kept where they belong and lead back to the page that was looked at, never out of the site."""

import pytest
from django.test import Client
from tests.command.people import World

from fanzha.command.organizations.models import Membership, Person
from fanzha.command.web.roles import Role


def test_a_language_is_kept_with_the_person(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    assert client.post("/choose/language/", {"language": "zh-hans", "next": "/?a=1"})["location"] == "/?a=1"
    assert Person.objects.get(pk=world.person("carrier", Role.ANALYST).pk).language == "zh-hans"


@pytest.mark.django_db
def test_a_stranger_keeps_language_and_look_in_his_browser() -> None:
    client = Client()
    client.post("/choose/language/", {"language": "en"})
    client.post("/choose/theme/", {"theme": "dark"})
    page = client.get("/accounts/login/").content.decode()
    assert '<html lang="en">' in page
    assert 'dark.css" media="all"' in page


def test_a_look_is_kept_with_the_person(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    client.post("/choose/theme/", {"theme": "dark"})
    assert 'dark.css" media="all"' in client.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "name"), [("/choose/language/", "language"), ("/choose/theme/", "theme")])
def test_what_cannot_be_chosen_is_not_found(path: str, name: str) -> None:
    assert Client().post(path, {name: "neon"}).status_code == 404
    assert Client().get(path).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_nobody_is_led_out_of_the_site(wanted: str) -> None:
    assert Client().post("/choose/theme/", {"theme": "dark", "next": wanted})["location"] == "/"


def test_one_works_for_another_of_ones_organisations_alone(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    refused = client.post("/choose/organization/", {"organization": world["bank"].ref})
    assert refused.status_code == 404
    Membership.objects.create(person=world.person("carrier", Role.ANALYST), organization=world["bank"], role="clerk")
    assert client.post("/choose/organization/", {"organization": world["bank"].ref}).status_code == 302
    assert '<span class="desk">Example bank' in client.get("/").content.decode()
