"""A site leads to its only provider, or to that of its address."""

from tests.command.hosting.sites_loaded import GOOD, NOW, load
from tests.command.people import World

from fanzha.base.words import Words
from fanzha.command.hosting.import_tables import TABLES
from fanzha.command.hosting.selectors import find_holders


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
