"""Kinds and roles of the site are those of the role table, which says which fits which."""

import pytest

from fanzha.command.web.roles import KIND_TITLES, ROLE_TITLES, Kind, Role, kind_in_table, roles_of
from fanzha.processes.roles import role_table


def test_every_kind_and_role_has_its_words() -> None:
    assert set(KIND_TITLES) == set(Kind) and set(ROLE_TITLES) == set(Role)


def test_the_table_knows_every_kind_and_the_site_every_role_of_the_table() -> None:
    in_table = {kind_in_table(kind, province) for kind in Kind for province in ("", "51")}
    assert in_table == set(role_table().kinds)
    assert set(role_table().roles) <= set(Role)


@pytest.mark.parametrize(("province", "name"), [("", "national_regulator"), ("51", "provincial_regulator")])
def test_a_regulator_is_a_national_or_a_provincial_one(province: str, name: str) -> None:
    assert kind_in_table(Kind.REGULATOR, province) == name


def test_an_outlet_has_no_analyst_and_a_carrier_has() -> None:
    assert Role.ANALYST not in roles_of(Kind.OUTLET, "51")
    assert Role.ANALYST in roles_of(Kind.CARRIER, "51")
