"""Roles change, people leave and come back, lost factors go: by another administrator, at once, and on record."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils import timezone
from tests.command.organizations.acting import doer, on_record
from tests.command.people import World

from fanzha.command.organizations.actor import AdministrationRefused
from fanzha.command.organizations.administration import (
    change_roles,
    end_sessions,
    erase_account,
    reset_second_factor,
    suspend,
)
from fanzha.command.organizations.models import Membership, Person
from fanzha.command.web.roles import Role


def roles_of(person: Person) -> set[str]:
    return set(Membership.objects.in_force().filter(person=person).values_list("role", flat=True))


def test_a_person_holds_exactly_the_chosen_roles(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    change_roles(doer(world, "carrier"), world["carrier"], person, ["reviewer", "clerk"])
    assert roles_of(person) == {"reviewer", "clerk"}
    told = on_record("roles_changed")[0]
    assert (told["before"], told["after"], told["about"]) == (["analyst"], ["clerk", "reviewer"], person.ref)


def test_memberships_end_and_are_kept(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    change_roles(doer(world, "carrier"), world["carrier"], person, ["reviewer"])
    assert Membership.objects.get(person=person, role="analyst").until is not None


def test_who_is_suspended_is_signed_out_and_comes_back_with_roles(world: World) -> None:
    person, client = world.person("carrier", Role.ANALYST), world.client("carrier", Role.ANALYST)
    assert client.get("/").status_code == 200
    suspend(doer(world, "carrier"), world["carrier"], person)
    assert client.get("/").status_code == 302 and roles_of(person) == set()
    person.refresh_from_db()
    assert not person.is_active
    change_roles(doer(world, "carrier"), world["carrier"], person, ["clerk"])
    assert roles_of(person) == {"clerk"}


def test_who_belongs_elsewhere_too_goes_on_there(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    Membership.objects.create(person=person, organization=world["bank"], role=Role.CLERK)
    suspend(doer(world, "carrier"), world["carrier"], person)
    person.refresh_from_db()
    assert person.is_active and roles_of(person) == {"clerk"}


def test_nobody_changes_his_own_rights(world: World) -> None:
    me = doer(world, "carrier")
    assert me.person is not None
    for act in (suspend, reset_second_factor, end_sessions):
        with pytest.raises(AdministrationRefused, match="Another administrator"):
            act(me, world["carrier"], me.person)
    with pytest.raises(AdministrationRefused, match="Another administrator"):
        change_roles(me, world["carrier"], me.person, ["administrator", "reviewer"])


def test_an_organisation_keeps_an_administrator(world: World) -> None:
    last = world.person("carrier", Role.ADMINISTRATOR)
    key = doer(world, "carrier")._replace(person=None)
    with pytest.raises(AdministrationRefused, match="only administrator"):
        suspend(key, world["carrier"], last)
    with pytest.raises(AdministrationRefused, match="only administrator"):
        change_roles(key, world["carrier"], last, ["analyst"])
    other = world.person("carrier", Role.REVIEWER)
    change_roles(key, world["carrier"], other, ["administrator"])
    suspend(key, world["carrier"], last)
    assert roles_of(last) == set()


def test_a_lost_factor_goes_and_the_person_is_signed_out(world: World) -> None:
    person, client = world.person("carrier", Role.ANALYST), world.client("carrier", Role.ANALYST)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    reset_second_factor(doer(world, "carrier"), world["carrier"], person)
    assert not Authenticator.objects.filter(user=person).exists()
    assert client.get("/").status_code == 302
    assert on_record("second_factor_reset")[0]["about"] == person.ref


def test_of_who_belongs_elsewhere_too_whoever_supervises_both_takes_it_away(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    Membership.objects.create(person=person, organization=world["bank"], role=Role.CLERK)
    with pytest.raises(AdministrationRefused, match="supervises both"):
        reset_second_factor(doer(world, "carrier"), world["carrier"], person)
    reset_second_factor(doer(world, "administration"), world["carrier"], person)


def test_sessions_are_ended_everywhere(world: World) -> None:
    clients = [world.client("carrier", Role.ANALYST) for _browser in range(2)]
    end_sessions(doer(world, "carrier"), world["carrier"], world.person("carrier", Role.ANALYST))
    assert [client.get("/").status_code for client in clients] == [302, 302]


def test_sessions_of_who_belongs_elsewhere_too_are_not_ended(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    Membership.objects.create(person=person, organization=world["bank"], role=Role.CLERK)
    with pytest.raises(AdministrationRefused, match="another organisation"):
        end_sessions(doer(world, "carrier"), world["carrier"], person)


@pytest.mark.parametrize("name", ["other_carrier", "administration"])
def test_others_change_nothing(world: World, name: str) -> None:
    person = world.person("carrier", Role.ANALYST)
    for act in (suspend, end_sessions):
        with pytest.raises(AdministrationRefused):
            act(doer(world, name), world["carrier"], person)
    with pytest.raises(AdministrationRefused):
        change_roles(doer(world, name), world["carrier"], person, ["administrator"])
    assert roles_of(person) == {"analyst"}


def test_the_department_stays_as_it_is_unless_another_is_named(world: World) -> None:
    person, me = world.person("carrier", Role.ANALYST), doer(world, "carrier")
    change_roles(me, world["carrier"], person, ["reviewer"], "appeals")
    change_roles(me, world["carrier"], person, ["reviewer", "clerk"])
    assert set(Membership.objects.in_force().filter(person=person).values_list("unit", flat=True)) == {"appeals"}
    suspend(me, world["carrier"], person)
    change_roles(me, world["carrier"], person, ["clerk"])
    assert Membership.objects.in_force().get(person=person).unit == "appeals"
    assert on_record("roles_changed")[0]["unit"] == "appeals"


def test_an_account_is_erased_once_no_role_is_in_force(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    Authenticator.objects.create(user=person, type="totp", data={})
    assert not erase_account(person) and Authenticator.objects.exists()
    Membership.objects.update(until=timezone.now())
    assert erase_account(person)
    person.refresh_from_db()
    assert person.email == f"{person.ref.lower()}@erased.invalid" and person.name == "–"
    assert not person.is_active and not person.has_usable_password() and person.session_round == 1
    assert not EmailAddress.objects.exists() and not Authenticator.objects.exists()
