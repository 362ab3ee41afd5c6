"""The owner of a number is found by ported numbers, then by ranges, then by the plan; an MVNO's host has a part too."""

from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.reports.reports_made import received

from fanzha.command.reports.routing import find_route

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def table(home: Path, name: str, text: str) -> None:
    (home / "tables").mkdir(exist_ok=True)
    (home / "tables" / f"{name}.csv").write_text(text)


def handlers(world: World, **more: str) -> list[str]:
    found = find_route(received(world, **more), timezone.now())
    names = {organization.pk: name for name, organization in world.organizations.items()}
    return [names[handler.pk] for handler in found.handlers] if found else []


def test_without_tables_and_settings_somebody_decides(world: World) -> None:
    assert handlers(world) == []


def test_a_ported_number_goes_to_its_new_carrier(world: World, home: Path) -> None:
    table(home, "portability", f"number,operator\n+8617000000021,{world['other_carrier'].ref}\n")
    assert handlers(world) == ["other_carrier"]


def test_a_number_of_an_mvno_goes_to_it_and_to_its_host(world: World, home: Path) -> None:
    table(home, "allocation", f"prefix,operator,number_class\n1700000,{world['mvno'].name_zh},mvno\n")
    assert handlers(world) == ["mvno", "carrier"]


def test_a_table_that_changes_is_read_again(world: World, home: Path) -> None:
    table(home, "portability", f"number,operator\n+8617000000021,{world['other_carrier'].ref}\n")
    assert handlers(world) == ["other_carrier"]
    (home / "tables" / "portability.csv").unlink()
    assert handlers(world) == []


def test_an_operator_a_platform_and_a_kind_of_target_are_named_in_the_settings(world: World, home: Path) -> None:
    owners = {"china_unicom": "carrier", "wechat": "platform", "site": "isp"}
    lines = "".join(f'{key} = "{world[name].ref}"\n' for key, name in owners.items())
    (home / "fanzha.toml").write_text(f"[reports.owners]\n{lines}")
    assert handlers(world, thing="+8613000000021") == ["carrier"]
    assert handlers(world, category="account", thing="wechat:made_up_1") == ["platform"]
    assert handlers(world, category="link", thing="https://pay-1.example.com") == ["isp"]


def test_who_no_longer_takes_part_gets_nothing(world: World, home: Path) -> None:
    table(home, "portability", f"number,operator\n+8617000000021,{world['other_carrier'].ref}\n")
    world["other_carrier"].is_active = False
    world["other_carrier"].save()
    assert handlers(world) == []
