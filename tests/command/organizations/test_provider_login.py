"""An organisation's own login lets in who was invited, for its own mail domains, and nobody else."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings
from tests.command.organizations.second_factors import set_up
from tests.command.people import PASSWORD, World

from fanzha.command.organizations.mailbox import is_proven
from fanzha.command.organizations.models import Invitation, Membership, Person
from fanzha.command.organizations.provider_login import PROVIDER_SECOND_FACTOR
from fanzha.command.web.roles import Role

APP = {
    "provider_id": "carrier",
    "name": "Example carrier",
    "client_id": "fanzha",
    "secret": "a secret of the tests",
    "settings": {"server_url": "https://login.carrier.example", "domains": ["carrier.example"], "second_factor": True},
}


@pytest.fixture
def request_(settings: Settings) -> Iterator[HttpRequest]:
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [APP]}}
    made = RequestFactory().get("/accounts/oidc/carrier/login/callback/")
    made.session, made.user = SessionStore(), AnonymousUser()
    with request_context(made):
        yield made


def sign_in(request: HttpRequest, email: str, *, verified: bool = True, amr: tuple[str, ...] = ()) -> Any:
    """Let the provider say who signs in; return the login as it is after the adapter has looked at it."""
    adapter = get_adapter(request)
    account = SocialAccount(provider="carrier", uid=f"sub-{email}", extra_data={"id_token": {"amr": list(amr)}})
    addresses = [EmailAddress(email=email, verified=verified, primary=True)]
    login = SocialLogin(
        user=Person(email=email),
        account=account,
        email_addresses=addresses,
        provider=adapter.get_provider(request, "carrier"),
    )
    login.lookup()
    adapter.pre_social_login(request, login)
    return login


def invite(world: World, email: str = "new@carrier.example") -> Invitation:
    return Invitation.make(world["carrier"], email, "New", ["analyst"], None)[0]


def test_who_was_invited_becomes_a_person_without_a_phrase(world: World, request_: HttpRequest) -> None:
    invite(world)
    login = sign_in(request_, "New@Carrier.example")
    person = Person.objects.get(email="new@carrier.example")
    assert login.is_existing and login.user == person and not person.has_usable_password()
    assert Membership.objects.in_force().filter(person=person, role="analyst").exists()
    assert sign_in(request_, "new@carrier.example").user == person


def test_who_is_a_person_already_is_tied_to_him(world: World, request_: HttpRequest) -> None:
    person = world.person("carrier", Role.ANALYST)
    assert sign_in(request_, person.email).user == person
    assert SocialAccount.objects.get().user == person


def test_a_first_sign_in_takes_away_what_was_set_by_who_never_proved_to_read_the_mailbox(
    world: World, request_: HttpRequest
) -> None:
    person = world.person("carrier", Role.ANALYST)
    person.set_password(PASSWORD)
    person.save()
    set_up(person)
    sign_in(request_, person.email)
    person.refresh_from_db()
    assert not person.has_usable_password() and not Authenticator.objects.exists() and is_proven(person)
    person.set_password(PASSWORD)
    person.save()
    SocialAccount.objects.all().delete()
    sign_in(request_, person.email)  # what was set since is his
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


@pytest.mark.parametrize(("email", "verified"), [("new@carrier.example", False), ("new@bank.example", True)])
def test_an_address_that_is_not_verified_or_not_its_own_is_refused(
    world: World, request_: HttpRequest, email: str, verified: bool
) -> None:
    invite(world, email)
    with pytest.raises(ImmediateHttpResponse) as refused:
        sign_in(request_, email, verified=verified)
    assert refused.value.response.status_code == 403
    assert not Person.objects.filter(email=email).exists()


def test_who_was_not_invited_is_refused_and_made_nobody(world: World, request_: HttpRequest) -> None:
    with pytest.raises(ImmediateHttpResponse):
        sign_in(request_, "new@carrier.example")
    assert not Person.objects.filter(email="new@carrier.example").exists()
    assert not get_adapter(request_).is_open_for_signup(request_, None)


def test_a_suspended_person_is_refused(world: World, request_: HttpRequest) -> None:
    person = world.person("carrier", Role.ANALYST)
    sign_in(request_, person.email)
    Person.objects.update(is_active=False)
    with pytest.raises(ImmediateHttpResponse):
        sign_in(request_, person.email)


def test_nobody_ties_his_login_to_somebody_elses_session(world: World, request_: HttpRequest) -> None:
    request_.user = world.person("carrier", Role.CLERK)
    with pytest.raises(ImmediateHttpResponse):
        sign_in(request_, world.person("carrier", Role.ANALYST).email)


@pytest.mark.parametrize(
    ("amr", "counts"),
    [((), False), (("pwd",), False), (("pwd", "otp"), True), (("mfa",), True), (("pwd", "fpt"), True)],
)
def test_a_second_factor_at_the_provider_counts_if_it_says_so(
    world: World, request_: HttpRequest, amr: tuple[str, ...], counts: bool
) -> None:
    sign_in(request_, world.person("carrier", Role.ANALYST).email, amr=amr)
    assert request_.session.get(PROVIDER_SECOND_FACTOR, False) is counts


def test_it_does_not_count_where_the_operator_does_not_trust_it(
    world: World, request_: HttpRequest, settings: Settings
) -> None:
    untrusted = APP | {"settings": {**APP["settings"], "second_factor": False}}  # type: ignore[dict-item]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [untrusted]}}
    sign_in(request_, world.person("carrier", Role.ANALYST).email, amr=("mfa",))
    assert PROVIDER_SECOND_FACTOR not in request_.session
