"""The made-up province has all organisations and people of the demo, with roles that fit their kind."""

import re

import pytest

from fanzha.command.organizations.models import Duty, Membership, Organization, Person
from fanzha.command.processes.parties import role_table_kind
from fanzha.command.web.roles import Kind, Role
from fanzha.processes.roles import role_table
from fanzha.run.demo_province import DEMO_ORGANIZATIONS, create_demo_province

pytestmark = pytest.mark.django_db


def test_it_has_all_who_take_part_and_all_are_made_up() -> None:
    create_demo_province("a long made-up pass phrase")
    kinds = [row.kind for row in Organization.objects.all()]
    assert kinds.count(Kind.CARRIER) == kinds.count(Kind.REGULATOR) == 2
    assert {Kind.MVNO, Kind.ISP, Kind.PLATFORM, Kind.AGGREGATOR, Kind.BANK, Kind.POLICE} < set(kinds)
    assert all(row.simulated for row in Organization.objects.all())
    assert Organization.objects.get(kind=Kind.MVNO).host == Organization.objects.get(name_en="Example Mobile")


def test_each_role_fits_the_kind_and_everybody_signs_in_with_the_password() -> None:
    province = create_demo_province("a long made-up pass phrase")
    kinds = role_table().kinds
    for row in Membership.objects.select_related("organization"):
        assert row.role in kinds[role_table_kind(row.organization)].roles, (row.organization.name_en, row.role)
    assert province.people["mobile", Role.ANALYST].check_password("a long made-up pass phrase")
    assert province.email_address("mobile", Role.ANALYST) == "analyst@mobile.example"


def test_everybody_has_a_name_of_their_own_with_its_pinyin() -> None:
    create_demo_province("a long made-up pass phrase")
    names = list(Person.objects.values_list("name", flat=True))
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[\u4e00-\u9fff]{2,3} [A-Z][a-zü]+ [A-Z][a-zü]+", name) for name in names), names


def test_somebody_is_on_duty_everywhere() -> None:
    create_demo_province("a long made-up pass phrase")
    assert Duty.objects.count() == len(DEMO_ORGANIZATIONS)
