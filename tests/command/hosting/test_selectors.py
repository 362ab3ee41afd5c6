"""A site leads to its only provider, or to that of its address."""

from datetime import UTC, datetime
from typing import Any

from tests.command.hosting.sites_loaded import GOOD, NOW, load
from tests.command.people import World

from fanzha.base.words import Words
from fanzha.command.hosting.import_tables import TABLES
from fanzha.command.hosting.selectors import find_holders, find_registrars


def test_the_holder_of_a_site_is_its_only_provider_or_that_of_its_address(world: World) -> None:
    load(world, "hosted_sites", GOOD, {"host": "b.example", "customer": "甲", "address": "198.51.100.9"})
    load(world, "hosted_sites", {"host": "b.example", "customer": "甲", "address": "198.51.100.9"}, name="carrier")
    ranges = [
        {"network": "198.51.100.0/24", "provider": world["carrier"].ref},
        {"network": "198.51.100.0/28", "provider": world["isp"].ref, "valid_until": "2026-01-01T00:00:00Z"},
        {"network": "2001:db8::/32", "provider": world["isp"].ref, "valid_from": "2026-01-01T00:00:00Z"},
        {"network": "198.51.100.1/24", "provider": world["isp"].ref},
        {"network": "203.0.113.0/24", "provider": "nobody"},
    ]
    errors = load(world, "address_ranges", *ranges, name="centre")
    assert [(error.row, error.column) for error in errors] == [(5, "network"), (6, "provider")]
    assert [error.row for error in load(world, "address_ranges", ranges[0])] == [2]  # an ISP loads its own alone
    wanted = [
        ("website", "good.example"),
        ("website", "b.example"),
        ("host", "2001:db8::7"),
        ("host", "192.0.2.1"),
        ("host", "AS4134"),
        ("app", "com.x.y"),
    ]
    assert find_holders(wanted, NOW) == {
        ("website", "good.example"): world["isp"].pk,
        ("website", "b.example"): world["carrier"].pk,
        ("host", "2001:db8::7"): world["isp"].pk,
    }
    assert all(isinstance(column.title, Words) for table in TABLES for column in table.columns)


def test_what_a_provider_says_of_itself_does_not_outweigh_the_table_of_a_centre(world: World) -> None:
    load(world, "address_ranges", {"network": "203.0.113.0/24", "provider": world["carrier"].ref}, name="centre")
    for network in ("203.0.113.7/32", "0.0.0.0/0"):
        assert load(world, "address_ranges", {"network": network, "provider": world["isp"].ref}) == []
    load(world, "hosted_sites", {"host": "taken.example", "customer": "甲", "address": "203.0.113.7"})
    wanted = [("host", "203.0.113.7"), ("website", "taken.example"), ("host", "192.0.2.1")]
    assert find_holders(wanted, NOW) == {
        ("host", "203.0.113.7"): world["carrier"].pk,
        ("website", "taken.example"): world["carrier"].pk,
        ("host", "192.0.2.1"): world["isp"].pk,
    }
    load(world, "address_ranges", {"network": "192.0.2.0/24", "provider": world["carrier"].ref}, name="carrier")
    assert find_holders([("host", "192.0.2.1")], NOW) == {}, "two claim it, and nobody decides between them"


def test_many_targets_need_no_query_each(world: World, django_assert_max_num_queries: Any) -> None:
    load(world, "address_ranges", {"network": "192.0.2.0/24", "provider": world["isp"].ref}, name="centre")
    with django_assert_max_num_queries(3):
        assert len(find_holders([("host", f"192.0.2.{number}") for number in range(250)], NOW)) == 250


def test_the_registrar_of_a_name_is_what_a_centre_says_or_its_only_claimant(world: World) -> None:
    rows = [
        {"domain": "shop.example", "registrar": world["platform"].ref},
        {"domain": "old.example", "registrar": world["platform"].ref, "valid_until": "2026-01-01T00:00:00Z"},
        {"domain": "login.shop.example", "registrar": world["platform"].ref},
        {"domain": "github.io", "registrar": world["platform"].ref},
        {"domain": "192.0.2.7", "registrar": world["platform"].ref},
        {"domain": "x.example", "registrar": "nobody"},
    ]
    errors = load(world, "name_registrars", *rows, name="centre")
    assert [(error.row, error.column) for error in errors] == [
        (4, "domain"), (5, "domain"), (6, "domain"), (7, "registrar"),
    ]  # fmt: skip
    assert load(world, "name_registrars", {"domain": "shop.example", "registrar": world["isp"].ref}) == []
    claims = [{"domain": "twice.example", "registrar": world[name].ref} for name in ("isp", "platform")]
    assert load(world, "name_registrars", claims[0]) == [] == load(world, "name_registrars", claims[1], name="platform")
    assert [error.row for error in load(world, "name_registrars", claims[1])] == [2]  # its own names alone
    hosts = ["shop.example", "www.shop.example", "login.shop.example", "old.example", "twice.example", "192.0.2.7"]
    platform = world["platform"].pk
    assert find_registrars(hosts, NOW) == {"shop.example": platform, "www.shop.example": platform}
    early = datetime(2025, 6, 1, tzinfo=UTC)
    assert find_registrars(["old.example"], early) == {"old.example": platform}
