"""The made-up province has everybody that the demo needs, each with the roles that his kind of organisation has."""

import pytest

from fanzha.command.organizations.models import Duty, Membership, Organization
from fanzha.command.processes.parties import kind_of
from fanzha.command.web.roles import Kind, Role
from fanzha.processes.roles import role_table
from fanzha.run.province import MEMBERS, make_province

pytestmark = pytest.mark.django_db


def test_it_has_all_who_take_part_and_all_are_made_up() -> None:
    make_province("a long made-up pass phrase")
    kinds = [one.kind for one in Organization.objects.all()]
    assert kinds.count(Kind.CARRIER) == kinds.count(Kind.REGULATOR) == 2
    assert {Kind.MVNO, Kind.ISP, Kind.PLATFORM, Kind.AGGREGATOR, Kind.BANK, Kind.POLICE} < set(kinds)
    assert all(one.simulated for one in Organization.objects.all())
    assert Organization.objects.get(kind=Kind.MVNO).host == Organization.objects.get(name_en="Example Mobile")


def test_each_role_fits_the_kind_and_everybody_signs_in_with_the_password() -> None:
    made = make_province("a long made-up pass phrase")
    known = role_table().kinds
    for one in Membership.objects.select_related("organization"):
        assert one.role in known[kind_of(one.organization)].roles, (one.organization.name_en, one.role)
    assert made.people["mobile", Role.ANALYST].check_password("a long made-up pass phrase")
    assert made.address("mobile", Role.ANALYST) == "analyst@mobile.example"


def test_somebody_is_on_duty_everywhere() -> None:
    make_province("a long made-up pass phrase")
    assert Duty.objects.count() == len(MEMBERS)
