"""Who is invited joins once, with the roles that the invitation names, and all of it is on record."""

import pytest
from allauth.account.models import EmailAddress
from pytest_django import Settings
from tests.command.organizations.acting import doer, on_record
from tests.command.people import PASSWORD, World

from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.invitations import accept, check_roles, invite, withdraw
from fanzha.command.organizations.mailbox import is_proven
from fanzha.command.organizations.models import Invitation, Membership, Organization, Person
from fanzha.command.web.roles import Role

NEW = "New.One@Carrier.example"


def invited(world: World, *roles: Role, email: str = NEW, name: str = "carrier") -> tuple[Invitation, str]:
    return invite(doer(world, name), world[name], email, "New One", roles or (Role.ANALYST,))


def roles_of(person: Person, organization: Organization) -> set[str]:
    held = Membership.objects.in_force().filter(person=person, organization=organization)
    return set(held.values_list("role", flat=True))


def test_who_accepts_becomes_a_person_with_the_named_roles(world: World) -> None:
    made, token = invited(world, Role.ANALYST, Role.REVIEWER)
    assert Invitation.find_open(token) == made
    person = accept(made, PASSWORD)
    assert person.check_password(PASSWORD) and person.email == NEW.casefold()
    assert roles_of(person, world["carrier"]) == {"analyst", "reviewer"}
    assert not EmailAddress.objects.exists()  # the link was shown to whoever invited
    assert on_record("person_invited")[0]["roles"] == ["analyst", "reviewer"]
    assert on_record("invitation_accepted")[0]["about"] == person.ref


def test_who_came_by_a_mailed_link_reads_his_mailbox(world: World, settings: Settings) -> None:
    settings.MAIL_IS_SET_UP = True
    assert is_proven(accept(invited(world)[0], PASSWORD))


def test_a_link_that_was_not_mailed_gives_away_no_account_that_is_in_use(world: World) -> None:
    person = world.person("bank", Role.ANALYST)
    with pytest.raises(AdministrationRefused, match="already have an account"):
        accept(invited(world, Role.CLERK, email=person.email)[0], PASSWORD)
    assert not person.check_password(PASSWORD)


def test_the_log_tells_nothing_of_the_person(world: World) -> None:
    accept(invited(world)[0], PASSWORD)
    assert NEW.casefold() not in str(on_record("person_invited") + on_record("invitation_accepted"))


def test_an_invitation_is_taken_once(world: World) -> None:
    made, token = invited(world)
    accept(made, PASSWORD)
    assert Invitation.find_open(token) is None
    with pytest.raises(AdministrationRefused):
        accept(made, PASSWORD)
    assert Person.objects.filter(email=NEW.casefold()).count() == 1


def test_a_newer_invitation_ends_the_older_one(world: World) -> None:
    _made, older = invited(world)
    _made, newer = invited(world)
    assert Invitation.find_open(older) is None and Invitation.find_open(newer) is not None


def test_a_withdrawn_one_is_dead(world: World) -> None:
    made, token = invited(world)
    withdraw(doer(world, "carrier"), made)
    assert Invitation.find_open(token) is None
    assert len(on_record("invitation_withdrawn")) == 1


def test_who_is_known_keeps_his_account_and_gets_the_roles_beside(world: World) -> None:
    person = world.person("bank", Role.ANALYST)
    made, _token = invited(world, Role.CLERK, email=person.email)
    assert accept(made, None) == person
    assert roles_of(person, world["carrier"]) == {"clerk"} and roles_of(person, world["bank"]) == {"analyst"}


def test_who_belongs_already_is_not_invited_again(world: World) -> None:
    with pytest.raises(AdministrationRefused, match="already"):
        invited(world, email=world.person("carrier", Role.ANALYST).email)


@pytest.mark.parametrize("roles", [[], ["administrator", "emperor"], ["certifying_officer"]])
def test_roles_are_those_of_the_kind(world: World, roles: list[str]) -> None:
    with pytest.raises(AdministrationRefused):
        check_roles(world["bank"], roles)


def test_others_invite_nobody(world: World) -> None:
    with pytest.raises(AdministrationRefused):
        invite(doer(world, "other_carrier"), world["carrier"], NEW, "New", [Role.ANALYST])
    with pytest.raises(AdministrationRefused):
        withdraw(doer(world, "other_carrier"), invited(world)[0])


def test_who_supervises_invites_the_first_administrator_and_nobody_else(world: World) -> None:
    supervisor = doer(world, "administration")
    with pytest.raises(AdministrationRefused):
        invite(supervisor, world["carrier"], NEW, "New", [Role.ANALYST])
    made, _token = invite(supervisor, world["carrier"], NEW, "New", [Role.ADMINISTRATOR])
    accept(made, PASSWORD)
    with pytest.raises(AdministrationRefused):
        invite(supervisor, world["carrier"], "second@carrier.example", "Second", [Role.ADMINISTRATOR])


def test_the_command_line_invites_whom_it_likes(world: World) -> None:
    made, _token = invite(AuditActor(), world["carrier"], NEW, "New", [Role.ADMINISTRATOR])
    assert made.invited_by is None and on_record("person_invited")[0]["actor"] == ""
