"""Provinces are those of GB/T 2260, each on a tile of its own."""

from fanzha.command.web.drawing.provinces import PROVINCES
from fanzha.kinds._areas import areas


def test_each_is_a_province_of_the_standard_by_its_name() -> None:
    named = {code: areas()[f"{code}0000"][-1].name for code in PROVINCES if f"{code}0000" in areas()}
    assert len(named) >= 31
    assert {code: name for code, name in named.items() if not name.startswith(PROVINCES[code].name.zh)} == {}


def test_none_is_missing() -> None:
    standard = {code[:2] for code, names in areas().items() if code.endswith("0000") and names[-1].until is None}
    on_permits_alone = {"83"}  # how residence permits for people from Taiwan write 71
    assert standard - set(PROVINCES) == on_permits_alone


def test_no_two_stand_on_one_tile() -> None:
    assert len({(one.column, one.row) for one in PROVINCES.values()}) == len(PROVINCES)
