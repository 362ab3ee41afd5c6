"""The API says organisations, people, watches and keys by references, and secrets never."""

from datetime import timedelta

from django.utils import timezone
from tests.command.people import World

from fanzha.command.organizations.models import ApiKey, Duty, Invitation
from fanzha.command.organizations.presenters import list_people_rows
from fanzha.command.organizations.schemas import (
    DutyOut,
    InvitationOut,
    KeyOut,
    OrganizationOut,
    PersonOut,
)
from fanzha.command.web.roles import Role


def test_an_mvno_names_its_carrier_by_reference(world: World) -> None:
    assert OrganizationOut.of(world["mvno"]).host == world["carrier"].ref
    assert OrganizationOut.of(world["carrier"]).host is None


def test_a_person_is_said_with_roles_and_state(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    said = PersonOut.of(list_people_rows(world["carrier"])[0])
    assert (said.ref, said.roles, said.is_suspended) == (person.ref, [Role.ANALYST], False)


def test_secrets_are_not_said(world: World) -> None:
    key, secret = ApiKey.make(world["carrier"], "import", scopes=["flows:read"])
    invitation, token = Invitation.make(world["carrier"], "new@carrier.example", "New", ["analyst"], None)
    said = KeyOut.of(key).model_dump_json() + InvitationOut.of(invitation).model_dump_json()
    assert secret not in said and token not in said
    assert key.key_hash not in said and invitation.token_hash not in said


def test_a_watch_names_people_by_reference(world: World) -> None:
    officer, deputy = world.person("carrier", Role.DUTY_OFFICER), world.person("carrier", Role.ANALYST)
    until = timezone.now() + timedelta(hours=1)
    made = Duty.objects.create(
        organization=world["carrier"], officer=officer, deputy=deputy, since=timezone.now(), until=until
    )
    assert (DutyOut.of(made).officer, DutyOut.of(made).deputy) == (officer.ref, deputy.ref)
