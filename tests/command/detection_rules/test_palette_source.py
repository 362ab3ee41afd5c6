"""The palette offers rules to those who may read them, in the organisation that operates them."""

from pathlib import Path

import pytest
from tests.command.detection_rules.factories import in_shadow
from tests.command.people import World

from fanzha.command.detection_rules.palette_source import find_entries
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_rules_are_found_by_title_and_name(world: World, home: Path) -> None:
    digest = in_shadow(world)
    new, entry = find_entries(world.viewer("carrier", Role.ANALYST))
    assert new.url == "/rules/new/" and len([*find_entries(world.viewer("carrier", Role.ADMINISTRATOR))]) == 1
    assert entry.url == f"/rules/{digest}/" and entry.title == "outgoing burst"
    assert {"外呼突增", "burst"} <= {*entry.keywords}


def test_other_organisations_and_roles_are_offered_none(world: World, home: Path) -> None:
    in_shadow(world)
    assert list(find_entries(world.viewer("other_carrier", Role.ANALYST))) == []
    assert list(find_entries(world.viewer("carrier", Role.CLERK))) == []


def test_a_damaged_folder_offers_none(world: World, home: Path) -> None:
    in_shadow(world)
    (home / "rules" / "history.jsonl").write_text("damaged\n")
    assert list(find_entries(world.viewer("carrier", Role.ANALYST))) == []
