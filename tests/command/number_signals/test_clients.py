"""Clients are keys with a scope; a key revoked or a basis ended is noticed within seconds."""

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import timezone
from tests.command.number_signals.bank_world import Bank, bank, basis
from tests.command.people import World

from fanzha.command.number_signals.clients import (
    CACHE_SECONDS,
    TOKEN_SECONDS,
    SignalClient,
    TokenRefused,
    authenticate_client,
    certificate_fingerprint,
    issue_token,
    load_client,
    read_token,
)
from fanzha.command.number_signals.services import PURPOSES, end_basis
from fanzha.command.organizations.models import ApiKey
from fanzha.command.web.roles import Role


def loaded(asker: Bank) -> SignalClient:
    client = load_client(asker.key.pk)
    assert client is not None
    return client


def test_a_key_without_the_scope_is_no_client(world: World) -> None:
    key, secret = ApiKey.make(world["bank"], "other", scopes=["subjects:read"])
    with pytest.raises(TokenRefused, match="invalid_client"):
        authenticate_client(key.shown, secret)


def test_a_revoked_key_is_refused_within_seconds(world: World) -> None:
    asker = bank(world)
    client = authenticate_client(asker.key.shown, asker.secret)
    token = issue_token(client, frozenset({"sim-swap"}), PURPOSES[0], "")
    ApiKey.objects.update(revoked_at=timezone.now())
    assert CACHE_SECONDS <= 5
    cache.clear()  # what seconds do
    with pytest.raises(TokenRefused):
        read_token(token, "")
    assert load_client(asker.key.pk) is None


def test_a_token_expires_and_is_not_made_by_others(world: World) -> None:
    asker = bank(world)
    client = authenticate_client(asker.key.shown, asker.secret)
    token = issue_token(client, frozenset({"sim-swap"}), PURPOSES[0], "")
    assert read_token(token, "").scopes == {"sim-swap"}
    later = timezone.now() + timedelta(seconds=TOKEN_SECONDS + 1)
    with patch("django.core.signing.time.time", later.timestamp), pytest.raises(TokenRefused):
        read_token(token, "")
    with pytest.raises(TokenRefused):
        read_token(token[:-1] + ("A" if token[-1] != "A" else "B"), "")


def test_an_ended_or_paused_basis_opens_nothing(world: World) -> None:
    made, asker = basis(world), bank(world)
    assert loaded(asker).bases_for("sim-swap", PURPOSES[0], "")
    assert not loaded(asker).bases_for("sim-swap", "dpv:Marketing", "")
    type(made)._base_manager.update(paused_until=timezone.now() + timedelta(hours=1))
    cache.clear()
    assert loaded(asker).bases == ()
    type(made)._base_manager.update(paused_until=timezone.now())
    end_basis(made, world.person("carrier", Role.LIAISON))
    cache.clear()
    assert loaded(asker).bases == ()


def test_a_basis_with_a_certificate_asks_for_it(world: World) -> None:
    basis(world, certificate="AB:" * 31 + "AB")
    client = loaded(bank(world))
    assert not client.bases_for("sim-swap", PURPOSES[0], "") and client.bases_for("sim-swap", PURPOSES[0], "ab" * 32)


def test_a_certificate_counts_only_behind_a_proxy_that_checks_it(home: Path) -> None:
    request = RequestFactory().post("/", headers={"client-cert": ":YQ==:"})
    assert certificate_fingerprint(request) == ""
    (home / "fanzha.toml").write_text("[number_signals]\nclient_certificates = true\n")
    assert certificate_fingerprint(request).startswith("ca978112")
    assert certificate_fingerprint(RequestFactory().post("/", headers={"client-cert": ":no base64:"})) == ""
