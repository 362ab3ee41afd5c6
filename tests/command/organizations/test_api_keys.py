"""Keys are made with an end, for scopes that there are, by who administers the organisation, and revoked at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.command.organizations.acting import doer, on_record
from tests.command.people import World

from fanzha.command.organizations.actor import AdministrationRefused
from fanzha.command.organizations.api_keys import list_scopes, make_key, make_partner_key, revoke_key
from fanzha.command.organizations.models import ApiKey
from fanzha.command.organizations.selectors import build_key_viewer
from fanzha.command.web.roles import Role

TOLD: dict[str, Any] = {"scopes": ["flows:read"], "roles": ["clerk"], "days": 30}


def test_a_key_is_made_for_a_time_and_on_record(world: World) -> None:
    made, secret = make_key(doer(world, "carrier"), world["carrier"], " import ", **TOLD)
    assert ApiKey.find_valid(secret) == made and made.name == "import"
    assert made.expires_at is not None and made.expires_at - timezone.now() <= timedelta(days=30)
    assert on_record("key_made")[0]["scopes"] == ["flows:read"]
    assert secret not in str(on_record("key_made"))


def test_a_revoked_key_is_dead_at_once(world: World) -> None:
    made, secret = make_key(doer(world, "carrier"), world["carrier"], "import", **TOLD)
    revoke_key(doer(world, "carrier"), made)
    revoke_key(doer(world, "carrier"), made)
    assert ApiKey.find_valid(secret) is None and len(on_record("key_revoked")) == 1


def test_each_app_with_routes_can_be_read_and_changed() -> None:
    assert {"flows:read", "flows:write", "organizations:read"} <= {scope for scope, _title in list_scopes()}


@pytest.mark.parametrize(
    "told",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"roles": ["emperor"]},
        {"days": 0},
        {"days": 367},
        {"per_minute": 6_001},
    ],
)
def test_what_there_is_not_is_refused(world: World, told: dict[str, Any]) -> None:
    with pytest.raises(AdministrationRefused):
        make_key(doer(world, "carrier"), world["carrier"], "import", **TOLD | told)


@pytest.mark.parametrize("name", ["other_carrier", "administration"])
def test_others_make_and_revoke_none(world: World, name: str) -> None:
    made, _secret = make_key(doer(world, "carrier"), world["carrier"], "import", **TOLD)
    with pytest.raises(AdministrationRefused):
        make_key(doer(world, name), world["carrier"], "import", **TOLD)
    with pytest.raises(AdministrationRefused):
        revoke_key(doer(world, name), made)


def test_a_key_makes_none_that_may_do_more(world: World) -> None:
    person = doer(world, "carrier")
    assert person.viewer is not None
    viewer = person.viewer._replace(person=None, scopes=frozenset({"flows:read", "organizations:write"}))
    key = person._replace(person=None, viewer=viewer)
    make_key(key, world["carrier"], "less", scopes=["flows:read"], roles=[], days=1)
    with pytest.raises(AdministrationRefused, match="more rights than its own"):
        make_key(key, world["carrier"], "more", scopes=["flows:write"], roles=[], days=1)
    with pytest.raises(AdministrationRefused, match="more rights than its own"):
        make_key(key, world["carrier"], "more", scopes=["flows:read"], roles=["reviewer"], days=1)


def test_a_key_for_a_partner_abroad_reads_the_exchange_and_nothing_else(world: World) -> None:
    partner, person = world["partner"], world.person("centre", Role.LIAISON)
    with pytest.raises(AdministrationRefused):
        make_partner_key(partner, world["centre"], "A1", person, timezone.now() + timedelta(days=900))
    partner.country = "SG"
    partner.save()
    key, _secret = make_partner_key(partner, world["centre"], "A1", person, timezone.now() + timedelta(days=900))
    assert key.expires_at is not None and key.expires_at < timezone.now() + timedelta(days=367)
    key.scopes, key.roles = ["exchange:read", "subjects:read"], ["analyst"]
    viewer = build_key_viewer(key)
    assert viewer.scopes == frozenset({"exchange:read"}) and not viewer.roles
