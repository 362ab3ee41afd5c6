"""Over plain HTTP the API refuses, and says that the key is known to others now."""

from django.test import Client
from pytest_django import Settings


def test_where_there_is_tls_the_api_is_asked_by_it_alone(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SITE_ADDRESS = True, "https://fanzha.example"
    answer = Client(headers={"accept-language": "en"}).get("/api/v1/organizations/me")
    assert answer.status_code == 403
    assert "https://fanzha.example" in answer.json()["detail"] and "revoke it" in answer.json()["detail"]


def test_on_this_machine_it_answers(db: None, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = False
    assert Client().get("/api/v1/organizations/me").status_code == 401
