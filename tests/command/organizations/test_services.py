"""Organisations are taken in, described and suspended by who supervises them, within his reach, on record."""

from typing import Any

import pytest
from tests.command.organizations.acting import doer, on_record
from tests.command.people import World

from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.models import Invitation, Organization
from fanzha.command.organizations.services import change_organization, create_organization, register_organization
from fanzha.command.web.roles import Kind, Role

NEW: dict[str, Any] = {"name_zh": "示例新企业", "name_en": "Example New", "kind": "isp", "province": "51"}


def test_an_organisation_is_taken_in_with_its_first_administrator(world: World) -> None:
    made, token = register_organization(doer(world, "administration"), "boss@new.example", "Boss", **NEW)
    assert Invitation.find_open(token) == made and made.roles == ["administrator"]
    assert on_record("organization_made")[0]["about"] == made.organization.ref


def test_nothing_is_left_when_its_administrator_cannot_be_invited(world: World) -> None:
    before = Organization.objects.count()
    with pytest.raises(AdministrationRefused):
        register_organization(doer(world, "carrier"), "boss@new.example", "Boss", **NEW)
    assert Organization.objects.count() == before


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("administration", {"province": "33"}),
        ("administration", {"province": ""}),
        ("administration", {"kind": "centre"}),
        ("carrier", {}),
    ],
)
def test_nobody_reaches_beyond_what_he_supervises(world: World, name: str, told: dict[str, str]) -> None:
    with pytest.raises(AdministrationRefused):
        create_organization(doer(world, name), **NEW | told)


def test_the_ministry_makes_supervisors(world: World) -> None:
    made = create_organization(doer(world, "ministry"), **NEW | {"kind": "regulator", "province": "44"})
    assert made.kind == Kind.REGULATOR


def test_an_mvno_names_its_carrier_and_nobody_else_does(world: World) -> None:
    with pytest.raises(AdministrationRefused, match="MVNO"):
        create_organization(AuditActor(), **NEW | {"kind": "mvno"})
    with pytest.raises(AdministrationRefused, match="MVNO"):
        create_organization(AuditActor(), **NEW | {"host": world["carrier"]})
    assert (
        create_organization(AuditActor(), **NEW | {"kind": "mvno", "host": world["carrier"]}).host == world["carrier"]
    )


def test_what_is_no_kind_or_zone_is_refused(world: World) -> None:
    with pytest.raises(AdministrationRefused, match="time zone"):
        create_organization(AuditActor(), **NEW | {"zone": "Asia/Nowhere"})
    with pytest.raises(AdministrationRefused):
        create_organization(AuditActor(), **NEW | {"kind": "empire"})


def test_a_suspended_organisation_is_left_out_at_once(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    change_organization(doer(world, "administration"), world["carrier"], is_active=False)
    assert client.get("/").status_code == 403
    assert on_record("organization_changed")[0]["changed"] == {"is_active": False}


def test_what_did_not_change_is_not_on_record(world: World) -> None:
    change_organization(doer(world, "administration"), world["carrier"], kind="carrier")
    assert on_record("organization_changed") == []


@pytest.mark.parametrize(
    ("name", "told"), [("administration", {"province": "33"}), ("administration", {"kind": "centre"})]
)
def test_an_organisation_cannot_be_moved_out_of_reach(world: World, name: str, told: dict[str, str]) -> None:
    with pytest.raises(AdministrationRefused):
        change_organization(doer(world, name), world["carrier"], **told)
    assert Organization.objects.get(pk=world["carrier"].pk).province == "51"


@pytest.mark.parametrize("name", ["far_carrier", "ministry", "administration"])
def test_others_and_oneself_cannot_be_changed(world: World, name: str) -> None:
    with pytest.raises(AdministrationRefused):
        change_organization(doer(world, "administration"), world[name], is_active=False)


ABROAD = NEW | {"kind": "partner", "province": "", "country": "SG"}


def test_a_partner_of_another_country_keeps_it(world: World) -> None:
    made = create_organization(AuditActor(), **ABROAD)
    with pytest.raises(AdministrationRefused, match="stays"):
        change_organization(AuditActor(), made, **ABROAD | {"country": ""})
    assert change_organization(AuditActor(), made, **ABROAD | {"name_en": "Other"}).name_en == "Other"


@pytest.mark.parametrize("wrong", [{"kind": "isp"}, {"country": "sgp"}, {"country": "s1"}])
def test_only_a_partner_is_of_another_country_and_that_is_a_code(world: World, wrong: dict[str, str]) -> None:
    with pytest.raises(AdministrationRefused):
        create_organization(AuditActor(), **ABROAD | wrong)
