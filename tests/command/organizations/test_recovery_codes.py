"""Recovery codes are shown once, lie hashed from then on, and each signs in once; others, and the seed, are gone."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.test import Client
from tests.command.organizations.second_factors import code, set_up
from tests.command.people import PASSWORD, World
from tests.password_cost import TEST_COST

from fanzha.command.organizations.models import Person
from fanzha.command.organizations.recovery_codes import HashedCode
from fanzha.command.web.roles import Role

CODES = "/accounts/2fa/recovery-codes/"


@pytest.fixture
def person(world: World) -> Person:
    found = world.person("carrier", Role.ANALYST)
    found.set_password(PASSWORD)
    found.save()
    set_up(found)
    return found


def kept() -> dict[str, object]:
    return dict(Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).data)


def shown(world: World) -> list[str]:
    """Have codes made, and look at them."""
    client = world.client("carrier", Role.ANALYST)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post(f"{CODES}generate/")
    assert "seed" in kept(), "they are hashed before anybody saw them"
    codes = re.findall(r"\b\d{8}\b", client.get(CODES).content.decode())
    assert not re.findall(r"\b\d{8}\b", client.get(CODES).content.decode()), "they are shown a second time"
    return codes


def signs_in(person: Person, typed: str) -> bool:
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": typed})
    return "_auth_user_id" in client.session


def test_from_when_they_are_shown_their_hashes_alone_are_kept(person: Person, world: World) -> None:
    codes = shown(world)
    held = kept()
    assert len(codes) == 10 and "seed" not in held
    assert not [one for one in codes if one in json.dumps(held)]
    hashes = held["migrated_codes"]
    assert isinstance(hashes, list) and len(set(hashes)) == 10
    assert all(re.match(rf"hashed:scrypt\${TEST_COST['work_factor']}\$", one) for one in hashes)


def test_each_signs_in_once_and_none_else_does(person: Person, world: World) -> None:
    first, second, *_others = shown(world)
    assert signs_in(person, f"{second[:4]} {second[4:]}")
    assert not signs_in(person, second)
    assert not signs_in(person, f"{(int(first) + 1) % 10**8:08}")
    assert signs_in(person, first)
    assert signs_in(person, code()), "the app does, too"


def test_how_many_are_left_is_said(person: Person, world: World) -> None:
    signs_in(person, shown(world)[3])
    assert len(Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()) == 9


def test_a_hashed_code_equals_what_it_was_made_of_alone() -> None:
    held = HashedCode(make_password("12345678"))
    assert held == "12345678" and held == "1234-5678"
    assert held != "12345679" and held != "123456" and held != 12345678
