"""Who asks is known before anything else: by key or by session, and a wrong key is never overlooked."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

from fanzha.command.organizations.models import ApiKey, Organization
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.urls("tests.command.web.api.routes")
WHO = "/api/v1/flows/whoami"


def test_nobody_is_told_anything_without_key_or_session(world: World) -> None:
    answer = Client().get(WHO)
    problem(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_key_asks_for_its_organization_and_its_use_is_noted(world: World) -> None:
    client = asking(world, "carrier")
    assert client.get(WHO).json() == {"organization": world["carrier"].pk, "rows": 0}
    used = ApiKey.objects.get().last_used_at
    assert used is not None
    client.get(WHO)
    assert ApiKey.objects.get().last_used_at == used


@pytest.mark.parametrize("header", ["Bearer fz_wrong", "Bearer", "Basic YTpi", "fz_x"])
def test_a_wrong_key_is_refused_also_beside_a_session(world: World, header: str) -> None:
    client = world.client("carrier", Role.ANALYST)
    assert client.get(WHO).status_code == 200
    problem(client.get(WHO, headers={"authorization": header}), 401)


def test_keys_that_ended_and_keys_of_organizations_that_left_are_refused(world: World) -> None:
    client = asking(world, "carrier")
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    problem(client.get(WHO), 401)
    ApiKey.objects.update(expires_at=None, revoked_at=timezone.now())
    problem(client.get(WHO), 401)
    ApiKey.objects.update(revoked_at=None)
    assert client.get(WHO).status_code == 200
    Organization.objects.update(is_active=False)
    problem(client.get(WHO), 401)


def test_a_session_changes_nothing_without_its_csrf_token(world: World) -> None:
    browser = world.client("carrier", Role.ANALYST)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    at = f"/api/v1/flows/organizations/{world['bank'].ref}"
    assert strict.get(at).status_code == 200
    problem(strict.post(at, {"name": "x"}, "application/json"), 403)
    world["bank"].refresh_from_db()
    assert world["bank"].name_en == "Example bank"


def test_a_key_needs_no_csrf_token(world: World) -> None:
    client = asking(world, "carrier")
    client.handler.enforce_csrf_checks = True
    at = f"/api/v1/flows/organizations/{world['bank'].ref}"
    assert client.post(at, {"name": "x"}, "application/json").status_code == 200
