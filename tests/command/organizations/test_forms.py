"""Forms offer what there is: the roles of the kind, the scopes of the apps, the people who belong."""

from tests.command.people import PASSWORD, World

from fanzha.command.organizations.forms import (
    DutyForm,
    InviteForm,
    JoinForm,
    KeyForm,
    NewOrganizationForm,
    role_choices,
)
from fanzha.command.organizations.models import Invitation
from fanzha.command.web.roles import Role


def test_roles_are_those_of_the_kind(world: World) -> None:
    assert [value for value, _title in role_choices(world["brand"])] == ["analyst", "liaison", "administrator"]
    told = {"email": "a@brand.example", "name": "A", "roles": ["analyst"]}
    assert InviteForm(world["brand"], told).is_valid()
    assert not InviteForm(world["brand"], told | {"roles": ["clerk"]}).is_valid()


def joining(world: World, phrase: str, again: str = "") -> JoinForm:
    invitation, _token = Invitation.make(world["carrier"], "somebody.new@carrier.example", "New", ["analyst"], None)
    return JoinForm(invitation, {"phrase": phrase, "again": again or phrase})


def test_a_phrase_is_checked_as_everywhere(world: World) -> None:
    assert joining(world, PASSWORD).is_valid()
    assert "phrase" in joining(world, "password1234").errors
    assert "phrase" in joining(world, "somebody.new").errors
    assert "again" in joining(world, PASSWORD, "another one").errors


def test_spaces_of_a_phrase_are_kept(world: World) -> None:
    form = joining(world, f" {PASSWORD} ")
    assert form.is_valid() and form.cleaned_data["phrase"] == f" {PASSWORD} "


def test_an_mvno_chooses_among_carriers(world: World) -> None:
    hosts = NewOrganizationForm().fields["host"].queryset  # type: ignore[attr-defined]
    assert {one.kind for one in hosts} == {"carrier"}


def test_watches_are_of_people_who_belong(world: World) -> None:
    mine, other = world.person("carrier", Role.ANALYST), world.person("bank", Role.ANALYST)
    people = DutyForm(world["carrier"]).fields["officer"].queryset  # type: ignore[attr-defined]
    assert mine in people and other not in people


def test_a_key_names_scopes_and_may_name_no_role(world: World) -> None:
    told = {"name": "import", "scopes": ["flows:read"], "days": 30, "per_minute": 60}
    assert KeyForm(world["carrier"], told).is_valid()
    assert not KeyForm(world["carrier"], told | {"scopes": ["everything"]}).is_valid()
    assert not KeyForm(world["carrier"], told | {"days": 400}).is_valid()
