"""Tokens without a signature by a pair of keys are refused before anything in them is read; so is another issuer."""

import jwt
import pytest
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.test import Client, RequestFactory
from django.urls import resolve
from pytest_django import Settings
from tests.command.organizations.test_provider_login import APP

from fanzha.command.organizations.signed_tokens import SignedTokenAdapter, check_algorithm, issuer_of, provider_callback


@pytest.mark.parametrize(
    "server", ["https://a.example", "https://a.example/", "https://a.example/.well-known/openid-configuration"]
)
def test_the_issuer_is_the_address_that_is_configured(server: str) -> None:
    assert issuer_of(server) == "https://a.example"


def test_shared_secrets_and_no_signature_are_refused() -> None:
    for token in (jwt.encode({}, "x" * 32, "HS256"), jwt.encode({}, "", "none"), "no token"):
        with pytest.raises(OAuth2Error):
            check_algorithm(token)


def test_a_provider_that_says_to_be_another_is_refused(db: None, settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [APP]}}
    adapter = SignedTokenAdapter(RequestFactory().get("/"), "carrier")
    adapter._openid_config = {"issuer": "https://login.bank.example"}
    with pytest.raises(OAuth2Error):
        adapter.openid_config  # noqa: B018
    adapter._openid_config = {"issuer": "https://login.carrier.example"}
    assert adapter.openid_config["issuer"] == "https://login.carrier.example"


def test_people_come_back_to_the_view_that_checks() -> None:
    assert resolve("/accounts/oidc/carrier/login/callback/").func is provider_callback


def test_a_provider_that_is_not_configured_is_not_found(db: None) -> None:
    assert Client().get("/accounts/oidc/nobody/login/callback/").status_code == 404
