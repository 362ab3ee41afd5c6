"""People, memberships, invitations, keys and watches hold what they promise."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override
from tests.command.people import PASSWORD, World

from fanzha.command.organizations.models import ApiKey, Duty, Invitation, Membership, Person
from fanzha.command.web.roles import Role

NOW = timezone.now()
HOUR = timedelta(hours=1)


def test_a_person_is_found_by_his_mail_address_whatever_its_case(world: World) -> None:
    made = Person.objects.create_user("Some.One@Carrier.Example", PASSWORD, name="Some One")
    assert made.email == "some.one@carrier.example"
    assert Person.objects.get_by_natural_key("SOME.ONE@carrier.example") == made


def test_without_a_pass_phrase_none_fits(world: World) -> None:
    assert not Person.objects.create_user("by@provider.example", name="By Provider").has_usable_password()


def test_one_counter_ends_all_sessions_of_a_person(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    before = person.get_session_auth_hash()
    assert person.get_session_auth_hash() == before
    person.session_round += 1
    assert person.get_session_auth_hash() != before


def test_an_organisation_is_called_in_the_readers_language(world: World) -> None:
    with override("zh-hans"):
        assert str(world["carrier"]) == "示例carrier"
    with override("en"):
        assert str(world["carrier"]) == "Example carrier"


def test_a_role_is_held_once_until_it_ends(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(person=person, organization=world["carrier"], role=Role.ANALYST)
    Membership.objects.filter(person=person).update(until=NOW)
    Membership.objects.create(person=person, organization=world["carrier"], role=Role.ANALYST)


def test_memberships_of_a_suspended_person_hold_no_longer(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    assert Membership.objects.in_force().filter(person=person).exists()
    person.is_active = False
    person.save()
    assert not Membership.objects.in_force().filter(person=person).exists()


def test_an_invitation_opens_with_its_secret_alone_which_is_not_kept(world: World) -> None:
    made, token = Invitation.make(world["carrier"], "New@Carrier.Example", "New", ["analyst"], None)
    assert Invitation.find_open(token) == made and made.email == "new@carrier.example"
    assert Invitation.find_open("another") is None
    assert token not in str(Invitation.objects.values_list().get())


@pytest.mark.parametrize("gone", [{"accepted_at": NOW}, {"withdrawn_at": NOW}, {"expires_at": NOW - HOUR}])
def test_an_invitation_that_was_taken_withdrawn_or_is_old_opens_no_more(world: World, gone: dict[str, object]) -> None:
    made, token = Invitation.make(world["carrier"], "new@carrier.example", "New", ["analyst"], None)
    Invitation.objects.filter(pk=made.pk).update(**gone)
    assert Invitation.find_open(token) is None


def test_a_key_is_known_by_its_secret_alone_which_is_not_kept(world: World) -> None:
    made, secret = ApiKey.make(world["carrier"], "import", scopes=["flows:read"])
    assert ApiKey.find_valid(secret) == made and secret.startswith(made.shown)
    assert ApiKey.find_valid(secret + "x") is None
    assert secret not in str(ApiKey.objects.values_list().get())


@pytest.mark.parametrize("gone", [{"revoked_at": NOW}, {"expires_at": NOW - HOUR}])
def test_a_key_that_was_revoked_or_is_old_is_not_known(world: World, gone: dict[str, object]) -> None:
    made, secret = ApiKey.make(world["carrier"], "import")
    ApiKey.objects.filter(pk=made.pk).update(**gone)
    assert ApiKey.find_valid(secret) is None


def test_keys_of_a_suspended_organisation_are_not_known(world: World) -> None:
    _made, secret = ApiKey.make(world["carrier"], "import")
    world["carrier"].is_active = False
    world["carrier"].save()
    assert ApiKey.find_valid(secret) is None


def test_the_watch_that_began_last_counts(world: World) -> None:
    officer, deputy = world.person("carrier", Role.DUTY_OFFICER), world.person("carrier", Role.ANALYST)
    told = {"organization": world["carrier"], "officer": officer, "deputy": deputy, "until": NOW + HOUR}
    Duty.objects.create(since=NOW - 2 * HOUR, **told)
    later = Duty.objects.create(since=NOW - HOUR, **told)
    assert Duty.at(world["carrier"].pk, NOW) == later
    assert Duty.at(world["carrier"].pk, NOW + HOUR) is None


def test_nobody_stands_in_for_himself_and_no_watch_ends_before_it_begins(world: World) -> None:
    officer, deputy = world.person("carrier", Role.DUTY_OFFICER), world.person("carrier", Role.ANALYST)
    told = {"organization": world["carrier"], "officer": officer}
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(deputy=officer, since=NOW, until=NOW + HOUR, **told)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(deputy=deputy, since=NOW, until=NOW - HOUR, **told)
