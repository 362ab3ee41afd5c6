"""Entries of all apps are ranked: best match first, then the latest; typing mistakes only if nothing else matches."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.base.marking import Marking
from fanzha.command.web.palette.entries import (
    PaletteEntry,
    PaletteGroup,
    all_sources,
    find_groups,
    find_page,
    rank_entry,
)
from fanzha.command.web.palette.matcher import MatchRank
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def found(world: World, text: str, name: str = "carrier", *roles: Role) -> list[PaletteGroup]:
    viewer = world.viewer(name, *(roles or (Role.ANALYST,)))
    with scoped_to(viewer):
        return find_groups(text, viewer)


def titles(groups: list[PaletteGroup], group: str) -> list[str]:
    return [entry.title for shown in groups if shown.title == group for entry in shown.entries]


def test_all_terms_must_match_and_the_worst_counts() -> None:
    entry = PaletteEntry("Fake loan · trunk IGW-01", "/", "list", keywords=("虚假贷款",))
    assert rank_entry(entry, ["fake", "igw"]) is MatchRank.WORD_START
    assert rank_entry(entry, ["虚假", "oan"]) is MatchRank.PART
    assert rank_entry(entry, ["fake", "sms"]) is None


def test_a_reference_is_found_by_its_beginning() -> None:
    entry = PaletteEntry("A title", "/", "list", ref="01JABCDEFGHJKMNPQRSTVWXYZ0")
    assert rank_entry(entry, ["01jabcde"]) is MatchRank.WHOLE_START
    assert rank_entry(entry, ["01jab"]) is None


def test_sources_of_all_apps_stand_in_their_order() -> None:
    names = [source.title.en for source in all_sources()]
    assert names[:3] == ["Subjects", "Campaigns", "Orders"]
    assert {"Detection rules", "People", "Organisations", "Pages", "Commands", "Processes"} <= set(names)


def test_the_latest_stands_first_among_equals(world: World) -> None:
    for first in (1, 2, 3):
        campaign(world["carrier"], first=first * 10, last_at=AT + timedelta(hours=first))
    assert [title.split(" · ")[1] for title in titles(found(world, "loan"), "Campaigns")] == [
        "trunk T30",
        "trunk T20",
        "trunk T10",
    ]


def test_a_title_is_found_in_the_other_language(world: World) -> None:
    campaign(world["carrier"])
    assert titles(found(world, "zjt"), "Campaigns") and titles(found(world, "中继"), "Campaigns")


def test_mistakes_count_only_if_nothing_matches_without(world: World) -> None:
    campaign(world["carrier"], tie_value="gateway")
    campaign(world["carrier"], first=9, tie_value="gatewey")
    assert len(titles(found(world, "gateway"), "Campaigns")) == 1
    assert len(titles(found(world, "gatewxy"), "Campaigns")) == 2


def test_before_anything_is_typed_the_latest_are_shown(world: World) -> None:
    made = campaign(world["carrier"])
    groups = found(world, " ")
    assert titles(groups, "Campaigns") == [made.title.en]
    assert "Commands" not in {group.title for group in groups}


def test_nothing_is_found_of_another_organisation(world: World) -> None:
    campaign(world["carrier"], tie_value="hidden-trunk", marking=Marking.AMBER)
    assert titles(found(world, "hidden-trunk"), "Campaigns")
    assert found(world, "hidden-trunk", "other_carrier") == []


def test_a_page_is_found_by_those_whom_its_view_lets_in(world: World) -> None:
    assert find_page("order_new", world.viewer("carrier", Role.ANALYST)) == "/orders/new"
    assert find_page("order_new", world.viewer("carrier", Role.CLERK)) == ""
    assert find_page("wall", world.viewer("carrier", Role.ANALYST)) == ""
    assert find_page("no_such_page", world.viewer("carrier", Role.ANALYST)) == ""
