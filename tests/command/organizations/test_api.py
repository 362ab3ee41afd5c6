"""Whatever an administrator does on the pages can be done by API, with the same refusals."""

import json
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from tests.command.people import World

from fanzha.command.organizations.models import ApiKey, Duty, Invitation, Membership, Organization, Person
from fanzha.command.web.roles import Role

BASE = "/api/v1/organizations"


class Caller:
    """Another system that asks with its key."""

    def __init__(self, world: World, name: str, *roles: Role) -> None:
        scopes = ["organizations:read", "organizations:write"]
        _made, secret = ApiKey.make(world[name], "system", scopes=scopes, roles=list(roles or (Role.ADMINISTRATOR,)))
        self._client = Client(headers={"authorization": f"Bearer {secret}", "accept-language": "en"})

    def __call__(self, method: str, path: str, body: object = None) -> Any:
        return self._client.generic(method, BASE + path, json.dumps(body or {}), "application/json")


def test_who_asks_is_told_who_he_is(world: World) -> None:
    told = Caller(world, "carrier", Role.CLERK)("GET", "/me").json()
    assert told["organization"]["ref"] == world["carrier"].ref
    assert (told["person"], told["roles"]) == (None, ["clerk"])
    told = world.client("carrier", Role.ANALYST).get(f"{BASE}/me").json()
    assert told["person"] == world.person("carrier", Role.ANALYST).ref and told["scopes"] is None


def test_people_are_invited_listed_and_given_roles(world: World) -> None:
    ask = Caller(world, "carrier")
    made = ask("POST", "/invitations", {"email": "new@carrier.example", "name": "New", "roles": ["analyst"]})
    token = made.json()["url"].split("/join/")[1].strip("/")
    assert made.status_code == 201 and Invitation.find_open(token) is not None
    assert [one["email"] for one in ask("GET", "/invitations").json()] == ["new@carrier.example"]
    assert ask("DELETE", f"/invitations/{made.json()['number']}").status_code == 204
    assert ask("GET", "/invitations").json() == []
    person = world.person("carrier", Role.ANALYST)
    assert ask("PUT", f"/people/{person.ref}/roles", {"roles": ["clerk"]}).json()["roles"] == ["clerk"]
    assert [one["ref"] for one in ask("GET", "/people").json()] == [person.ref]


def test_people_are_suspended_and_signed_out(world: World) -> None:
    ask, person = Caller(world, "carrier"), world.person("carrier", Role.ANALYST)
    assert ask("DELETE", f"/people/{person.ref}/second-factor").status_code == 204
    assert ask("DELETE", f"/people/{person.ref}/sessions").status_code == 204
    assert Person.objects.get(pk=person.pk).session_round == 2
    assert ask("POST", f"/people/{person.ref}/suspend").json()["is_suspended"]
    assert not Membership.objects.in_force().filter(person=person).exists()


def test_people_of_others_are_not_there(world: World) -> None:
    other = world.person("bank", Role.ANALYST)
    assert Caller(world, "carrier")("POST", f"/people/{other.ref}/suspend").status_code == 404


def test_a_refusal_says_why(world: World) -> None:
    ask, last = Caller(world, "carrier"), world.person("carrier", Role.ADMINISTRATOR)
    answer = ask("POST", f"/people/{last.ref}/suspend")
    assert answer.status_code == 409 and "only administrator" in answer.json()["detail"]


def test_organisations_are_taken_in_and_described(world: World) -> None:
    ask = Caller(world, "administration")
    told = {"name_zh": "示例新企业", "name_en": "Example New", "kind": "isp", "province": "51"}
    boss = {"administrator_email": "boss@new.example", "administrator_name": "Boss"}
    assert ask("POST", "/organizations", told | boss).status_code == 201
    made = Organization.objects.get(name_en="Example New")
    answer = ask("PUT", f"/organizations/{made.ref}", told | {"is_active": False})
    assert answer.json()["is_active"] is False
    assert ask("PUT", f"/organizations/{world['far_carrier'].ref}", told).status_code == 404
    assert ask("POST", "/organizations", told | boss | {"province": "33"}).status_code == 409
    listed = ask("GET", "/organizations?limit=500").json()["items"]
    assert made.ref in {one["ref"] for one in listed} and world["far_carrier"].ref not in {one["ref"] for one in listed}


def test_an_administrator_is_invited_for_a_supervised_organisation(world: World) -> None:
    path, boss = f"/organizations/{world['isp'].ref}/administrator", {"email": "boss@isp.example", "name": "Boss"}
    answer = Caller(world, "administration")("POST", path, boss)
    assert answer.status_code == 201 and answer.json()["roles"] == ["administrator"]
    assert [one.organization for one in Invitation.select_open()] == [world["isp"]]
    far = f"/organizations/{world['far_carrier'].ref}/administrator"
    assert Caller(world, "administration")("POST", far, boss).status_code == 404
    assert Caller(world, "carrier")("POST", path, boss).status_code == 403


def test_more_organisations_cost_no_more_queries(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ask = Caller(world, "ministry")
    for number in range(50):
        names = {"name_zh": f"示例{number}", "name_en": f"Example {number}"}
        Organization.objects.create(kind="mvno", province="51", host=world["carrier"], **names)
    with django_assert_max_num_queries(8):
        assert len(ask("GET", "/organizations?limit=50").json()["items"]) == 50


def test_watches_are_put_on_the_roster_and_end(world: World) -> None:
    ask, now = Caller(world, "carrier", Role.DUTY_OFFICER), timezone.now()
    told = {
        "officer": world.person("carrier", Role.DUTY_OFFICER).ref,
        "deputy": world.person("carrier", Role.ANALYST).ref,
        "since": now.isoformat(),
        "until": (now + timedelta(hours=8)).isoformat(),
    }
    made = ask("POST", "/duties", told)
    assert made.status_code == 201 and ask("GET", "/duties").json() == [made.json()]
    assert ask("DELETE", f"/duties/{made.json()['number']}").status_code == 204
    assert Duty.at(world["carrier"].pk, timezone.now()) is None
    assert ask("POST", "/duties", told | {"deputy": world.person("bank", Role.ANALYST).ref}).status_code == 404


def test_a_key_makes_a_key_that_may_do_less_and_revokes_it(world: World) -> None:
    ask = Caller(world, "carrier")
    made = ask("POST", "/keys", {"name": "reader", "scopes": ["organizations:read"], "days": 1}).json()
    assert ApiKey.find_valid(made["secret"]) is not None
    assert ask("POST", "/keys", {"name": "more", "scopes": ["flows:write"]}).status_code == 409
    assert ask("DELETE", f"/keys/{made['key']['number']}").status_code == 204
    assert ApiKey.find_valid(made["secret"]) is None
    assert "reader" in {one["name"] for one in ask("GET", "/keys").json()}


def test_a_session_that_was_not_confirmed_lately_changes_nothing(world: World) -> None:
    client = world.client("carrier", Role.ADMINISTRATOR, confirmed=False)
    told = json.dumps({"name": "reader", "scopes": ["organizations:read"]})
    answer = client.post(f"{BASE}/keys", told, content_type="application/json")
    assert answer.status_code == 403 and "Confirm" in answer.json()["detail"]
    assert not ApiKey.objects.exists()
