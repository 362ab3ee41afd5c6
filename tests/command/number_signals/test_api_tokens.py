"""A key of the exchange gets access tokens with its own scopes, and a revoked key ends them at once."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone
from tests.command.people import World

from fanzha.command.number_signals.api_tokens import authenticate_token
from fanzha.command.number_signals.clients import TOKEN_SECONDS
from fanzha.command.organizations.models import ApiKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
TAXII = "application/taxii+json;version=2.1"


def ask(made: tuple[ApiKey, str], scope: str = "exchange:read", **headers: str) -> Any:
    key, secret = made
    pair = base64.b64encode(f"{key.shown}:{secret}".encode()).decode()
    body = {"grant_type": "client_credentials", "scope": scope}
    return Client().post("/oauth2/token", body, headers={"authorization": f"Basic {pair}", **headers})


def read(token: str, method: str = "get", path: str = "/taxii2/", **headers: str) -> int:
    sent = {"authorization": f"Bearer {token}", "accept": TAXII, **headers}
    return int(getattr(Client(), method)(path, headers=sent).status_code)


@pytest.fixture
def made(world: World) -> tuple[ApiKey, str]:
    return ApiKey.make(world["carrier"], "taxii", scopes=["exchange:read", "exchange:write", "subjects:read"])


def test_a_token_reads_the_exchange_and_nothing_else(made: tuple[ApiKey, str]) -> None:
    granted = ask(made).json()
    assert (granted["token_type"], granted["expires_in"], granted["scope"]) == ("Bearer", 900, "exchange:read")
    token = granted["access_token"]
    assert read(token) == 200 and read(token, path="/api/v1/subjects") in (401, 404)
    assert read(token, path="/api/v1/exchange/collections") == 401
    caller = authenticate_token(token, "")
    assert caller is not None and caller.viewer.scopes == frozenset({"exchange:read"})
    made[0].refresh_from_db()
    assert made[0].last_used_at


def test_a_key_gets_no_scope_that_it_lacks_and_a_secret_of_another_key_none(world: World) -> None:
    key, secret = ApiKey.make(world["carrier"], "reader", scopes=["exchange:read"])
    other, _ = ApiKey.make(world["bank"], "other", scopes=["exchange:read"])
    assert ask((key, secret), "exchange:write").json() == {"error": "invalid_scope"}
    assert ask((key, secret), "subjects:read").status_code in (400, 401)
    refused = ask((other, secret)) if other.shown != key.shown else ask((other, "fz_wrong"))
    assert (refused.status_code, refused.json()) == (401, {"error": "invalid_client"})


def test_a_token_ends_with_its_time_and_with_its_key(made: tuple[ApiKey, str]) -> None:
    token = ask(made).json()["access_token"]
    later = timezone.now() + timedelta(seconds=TOKEN_SECONDS + 1)
    with patch("django.core.signing.time.time", later.timestamp):
        assert read(token) == 401
    assert read(f"{token}x") == 401 and read(token) == 200
    ApiKey.objects.update(revoked_at=timezone.now())
    assert read(token) == 401


def test_a_token_of_a_certificate_is_of_no_use_without_it(made: tuple[ApiKey, str], home: Path) -> None:
    (home / "fanzha.toml").write_text("[number_signals]\nclient_certificates = true\n")
    certificate = {"client-cert": f":{base64.b64encode(b'made-up DER').decode()}:"}
    token = ask(made, **certificate).json()["access_token"]
    assert read(token) == 401 and read(token, **certificate) == 200
