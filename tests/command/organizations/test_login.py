"""Signing in: by invitation alone, told nothing about who has an account, locked after five wrong phrases."""

import re

import pytest
from allauth.account.adapter import get_adapter
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory
from pytest_django import Settings
from tests.command.organizations.second_factors import set_up
from tests.command.people import PASSWORD, World

from fanzha.command.organizations.models import Person
from fanzha.command.web.roles import Role

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def fresh_counts(settings: Settings) -> None:
    """Counts of attempts begin anew; what is mailed is looked at."""
    cache.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def person(world: World) -> Person:
    found = world.person("carrier", Role.ANALYST)
    found.set_password(PASSWORD)
    found.save()
    return found


def sign_in(email: str, password: str, *, address: str = "192.0.2.1", then: str = "") -> tuple[Client, int, str, str]:
    client = Client(headers={"accept-language": "en"}, REMOTE_ADDR=address)
    answer = client.post(LOGIN, {"login": email, "password": password, "next": then})
    return client, answer.status_code, answer.get("Location", ""), answer.content.decode()


def test_with_the_right_phrase_one_is_signed_in(person: Person) -> None:
    client, status, where, _page = sign_in(person.email.upper(), PASSWORD)
    assert (status, where) == (302, "/")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_the_session_is_a_new_one_after_signing_in(person: Person) -> None:
    client = Client()
    client.post("/choose/theme/", {"theme": "dark"})
    before = client.session.session_key
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    assert client.session.session_key != before


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/3rdparty/signup/"])
def test_nobody_signs_up(world: World, path: str) -> None:
    before = Person.objects.count()
    Client().post(path, {"email": "new@carrier.example", "password1": PASSWORD, "password2": PASSWORD})
    assert Person.objects.count() == before


def test_a_wrong_phrase_and_an_unknown_person_are_answered_alike(person: Person) -> None:
    def words(page: str) -> str:
        return re.sub(r'value="[^"]*"', "", page)

    _client, known, _where, page = sign_in(person.email, "wrong phrase of somebody")
    _client, unknown, _where, other = sign_in("nobody@carrier.example", "wrong phrase of somebody")
    assert known == unknown == 200 and words(page) == words(other)


def test_a_suspended_person_is_told_so_if_he_knows_his_phrase_alone(person: Person) -> None:
    Person.objects.update(is_active=False)
    client, _status, where, _page = sign_in(person.email, PASSWORD)
    assert where == "/accounts/inactive/" and "_auth_user_id" not in client.session
    assert sign_in(person.email, "wrong phrase of somebody")[1] == 200


def test_after_five_wrong_phrases_the_right_one_is_refused_from_there(person: Person, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False  # the count in the database alone
    for _time in range(5):
        sign_in(person.email, "wrong phrase of somebody")
    _client, status, _where, page = sign_in(person.email, PASSWORD)
    assert status == 429 and "for 15 minutes" in page
    assert sign_in(person.email, PASSWORD, address="192.0.2.2")[1] == 302
    assert sign_in("other@carrier.example", "wrong phrase of somebody")[1] == 200


@pytest.mark.parametrize("then", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_nobody_is_led_out_of_the_site(person: Person, then: str) -> None:
    assert sign_in(person.email, PASSWORD, then=then)[2] == "/"


def test_nobody_is_signed_in_from_another_site(person: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 403 and "_auth_user_id" not in client.session


def test_asking_for_a_new_phrase_tells_nobody_who_has_an_account(person: Person) -> None:
    answers = [Client().post("/accounts/password/reset/", {"email": one}) for one in (person.email, "no@one.example")]
    assert {(one.status_code, one["Location"]) for one in answers} == {(302, "/accounts/password/reset/done/")}
    assert [one.to for one in mail.outbox] == [[person.email]]


def test_who_sets_a_new_phrase_by_mail_still_needs_his_second_factor(person: Person) -> None:
    set_up(person)
    client, new = Client(), "another phrase of this person"
    client.post("/accounts/password/reset/", {"email": person.email})
    found = re.search(r"/accounts/password/reset/key/[\w-]+/", str(mail.outbox[0].body))
    assert found is not None
    form = client.get(found[0])["Location"]
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert "_auth_user_id" not in client.session
    assert sign_in(person.email, new)[2] == "/accounts/2fa/authenticate/"
    assert Client().get(found[0]).status_code == 200  # the link is over


def test_a_new_phrase_ends_all_other_sessions(person: Person) -> None:
    here, there = sign_in(person.email, PASSWORD)[0], sign_in(person.email, PASSWORD)[0]
    new = "another phrase of this person"
    here.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


def test_who_is_asked_again_is_asked_for_his_own_phrase(person: Person) -> None:
    client = sign_in(person.email, PASSWORD)[0]
    assert client.post("/accounts/reauthenticate/", {"password": "wrong phrase"}).status_code == 200
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def test_the_counted_address_is_the_clients() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.5")
    assert get_adapter(request).get_client_ip(request) == "192.0.2.5"
