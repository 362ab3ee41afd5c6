"""Entries of the log leave with names and digests, without personal data."""

from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.evidence.export_tables import TABLES
from fanzha.command.exports.table import TableFilter
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_it_says_who_did_what(world: World) -> None:
    issued(world)
    with scoped_to(world.viewer("centre", Role.REVIEWER)):
        rows = list(TABLES[0].cells(list(TABLES[0].rows(TableFilter()).order_by("pk")), True))
        assert list(TABLES[0].rows(TableFilter(kind="unmasking"))) == []
    assert [row[2] for row in rows] == ["centre analyst", "centre reviewer"]
    assert "17000001234" not in str(rows) and all(len(row) == len(TABLES[0].columns) for row in rows)
    assert Role.ADMINISTRATOR not in TABLES[0].roles
