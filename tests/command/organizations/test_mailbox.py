"""An account that somebody made under another's address is that other's, once he proves to read the mailbox."""

import pytest
from allauth.mfa.models import Authenticator
from pytest_django import Settings
from tests.command.organizations.acting import on_record
from tests.command.organizations.second_factors import set_up
from tests.command.people import World

from fanzha.command.organizations.mailbox import is_proven, mark_proven, start_over, starts_over
from fanzha.command.organizations.models import Invitation, Person
from fanzha.command.web.roles import Role

OLD, NEW = "the phrase of somebody else here", "the phrase of the one invited"


@pytest.fixture
def taken(world: World) -> Person:
    """An account of the partner's under an address of the bank."""
    person = world.person("partner", Role.ANALYST)
    person.set_password(OLD)
    person.save()
    set_up(person)
    return person


def invited(world: World, person: Person, name: str = "bank") -> Invitation:
    return Invitation.make(world[name], person.email, "New", ["clerk"], None)[0]


@pytest.mark.parametrize(("mailed", "active", "anew"), [(True, True, True), (False, False, True), (False, True, False)])
def test_another_organisation_invites_whom_nobody_has_proven_to_be(
    world: World, taken: Person, settings: Settings, mailed: bool, active: bool, anew: bool
) -> None:
    settings.MAIL_IS_SET_UP, taken.is_active = mailed, active
    assert starts_over(invited(world, taken), taken) is anew
    assert not starts_over(invited(world, taken, "partner"), taken)


def test_who_proved_to_read_his_mailbox_keeps_all(world: World, taken: Person, settings: Settings) -> None:
    settings.MAIL_IS_SET_UP = True
    assert not is_proven(taken)
    mark_proven(taken)
    mark_proven(taken)
    assert is_proven(taken) and not starts_over(invited(world, taken), taken)


def test_nothing_by_which_he_signed_in_before_holds(world: World, taken: Person) -> None:
    before = taken.get_session_auth_hash()
    start_over(taken, NEW)
    taken.refresh_from_db()
    assert taken.check_password(NEW) and not Authenticator.objects.exists()
    assert taken.get_session_auth_hash() != before
    assert on_record("account_begun_anew")[0]["about"] == taken.ref
