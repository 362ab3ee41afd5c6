"""Who runs a number is said by ported numbers, ranges, the plan and the settings, alone and for many at once alike."""

from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World

from fanzha.command.organizations.selectors import (
    explain_foreign_numbers,
    find_operator_organization,
    numbering_tables,
    runs_number,
)

NUMBERS = ["+8617000000001", "+8613800000001", "+862885550000", "+12025550123"]


def settings(home: Path, **owners: str) -> None:
    lines = "".join(f'{key} = "{name}"\n' for key, name in owners.items())
    (home / "fanzha.toml").write_text(f"[reports.owners]\n{lines}", "utf-8")


def test_settings_names_and_refs_name_an_operator(world: World, home: Path) -> None:
    settings(home, china_telecom=world["carrier"].ref)
    assert find_operator_organization("china_telecom") == world["carrier"]
    assert find_operator_organization(world["mvno"].name_zh) == world["mvno"]
    assert find_operator_organization("china_unicom") is None and find_operator_organization("") is None
    world["other_carrier"].name_zh = "中国联通"
    world["other_carrier"].save()
    assert find_operator_organization("china_unicom") == world["other_carrier"]


@pytest.mark.parametrize("name", ["carrier", "mvno", "other_carrier"])
def test_one_number_and_many_are_judged_alike(world: World, home: Path, name: str) -> None:
    settings(home, china_telecom=world["carrier"].ref)
    (home / "tables").mkdir()
    (home / "tables" / "portability.csv").write_text(f"number,operator\n{NUMBERS[1]},{world['other_carrier'].ref}\n")
    now = timezone.now()
    reasons = explain_foreign_numbers(world[name], NUMBERS, now)
    assert [reason is None for reason in reasons] == [runs_number(world[name], number, now) for number in NUMBERS]
    assert [reason is None for reason in reasons[:2]] == [name != "other_carrier", name == "other_carrier"]


def test_a_number_ported_away_is_no_longer_its_networks(world: World, home: Path) -> None:
    settings(home, china_telecom=world["carrier"].ref)
    now = timezone.now()
    assert runs_number(world["mvno"], NUMBERS[0], now)
    (home / "tables").mkdir()
    (home / "tables" / "portability.csv").write_text(f"number,operator\n{NUMBERS[0]},{world['carrier'].ref}\n")
    assert numbering_tables().portability is not None
    assert not runs_number(world["mvno"], NUMBERS[0], now) and runs_number(world["carrier"], NUMBERS[0], now)
