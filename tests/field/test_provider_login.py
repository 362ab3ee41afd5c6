"""People sign in by their organisation's own login: a real provider, real redirects, real signatures."""

from collections.abc import Iterator

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings
from tests.command.people import World, make_world
from tests.field.login_provider import CLIENT, SECRET, Provider, provider

from fanzha.command.organizations.models import Invitation, Membership, Person
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.field, pytest.mark.django_db]


@pytest.fixture
def world() -> World:
    cache.clear()
    made = make_world()
    made["carrier"].second_factor = True
    made["carrier"].save()
    return made


@pytest.fixture
def login(settings: Settings) -> Iterator[Provider]:
    with provider() as running:
        app = {
            "provider_id": "carrier",
            "name": "Example carrier",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": running.issuer, "domains": ["carrier.example"], "second_factor": True},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
        yield running


def comes(running: Provider, email: str, *, amr: tuple[str, ...] = ("pwd", "otp"), verified: bool = True) -> None:
    running.person = {"sub": f"s-{email}", "email": email, "email_verified": verified, "amr": list(amr)}


def go(client: Client) -> str:
    """Press the button, sign in at the provider, return where it leads back to."""
    pressed = client.post("/accounts/oidc/carrier/login/")
    assert pressed.status_code == 302
    answer = requests.get(pressed["Location"], allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix("http://testserver")


def test_who_was_invited_signs_in_and_is_the_same_person_the_next_time(world: World, login: Provider) -> None:
    Invitation.make(world["carrier"], "new@carrier.example", "New One", ["analyst"], None)
    comes(login, "new@carrier.example")
    for _time in range(2):
        client = Client()
        assert client.get(go(client))["Location"] == "/"
        assert client.get("/").status_code == 200
    person = Person.objects.get(email="new@carrier.example")
    assert Membership.objects.in_force().get(person=person).role == "analyst"


def test_the_button_stands_on_the_page_of_the_login(world: World, login: Provider) -> None:
    assert "/accounts/oidc/carrier/login/" in Client().get("/accounts/login/").content.decode()


def test_without_a_second_factor_there_one_is_set_up_here(world: World, login: Provider) -> None:
    comes(login, world.person("carrier", Role.ANALYST).email, amr=("pwd",))
    client = Client()
    client.get(go(client))
    assert client.get("/")["Location"] == "/second-factor/"


@pytest.mark.parametrize(
    ("email", "verified"),
    [("nobody@carrier.example", True), ("analyst@carrier.example", False), ("analyst@bank.example", True)],
)
def test_others_are_refused(world: World, login: Provider, email: str, verified: bool) -> None:
    world.person("carrier", Role.ANALYST), world.person("bank", Role.ANALYST)
    comes(login, email, verified=verified)
    client = Client()
    assert client.get(go(client)).status_code == 403
    assert "_auth_user_id" not in client.session


def test_a_code_is_taken_from_whoever_asked_for_it_and_once(world: World, login: Provider) -> None:
    comes(login, world.person("carrier", Role.ANALYST).email)
    client, stranger = Client(), Client()
    back = go(client)
    stranger.get(back)
    assert "_auth_user_id" not in stranger.session
    client.get(back)
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    client.get(back)
    assert "_auth_user_id" not in client.session


def test_a_token_that_somebody_else_signed_or_that_is_for_another_is_refused(world: World, login: Provider) -> None:
    for wrong in ({"aud": "another"}, {"iss": "https://login.bank.example"}, {"exp": 1}):
        comes(login, world.person("carrier", Role.ANALYST).email)
        login.person |= wrong
        client = Client()
        client.get(go(client))
        assert "_auth_user_id" not in client.session
    comes(login, world.person("carrier", Role.ANALYST).email)
    login.key = rsa.generate_private_key(public_exponent=65537, key_size=3072)  # what it shows stays the old one
    client = Client()
    client.get(go(client))
    assert "_auth_user_id" not in client.session


def test_the_login_page_of_another_site_cannot_press_the_button(world: World, login: Provider) -> None:
    assert Client(enforce_csrf_checks=True).post("/accounts/oidc/carrier/login/").status_code == 403
    assert Client().get("/accounts/oidc/carrier/login/").status_code == 200  # asks first
