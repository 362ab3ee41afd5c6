"""Processes leave as states and deadlines, never with what their steps hold."""

from datetime import timedelta

from django.utils import timezone, translation
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.command.subjects.dissuasions import begun

from fanzha.command.exports.table import TableFilter
from fanzha.command.exports.tables.processes import TABLE
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

ALL = TableFilter()
TABLE_TITLES = {name: words.en for name, words in TABLE.kinds()}


def exported_rows(world: World, narrowed: TableFilter = ALL, name: str = "centre") -> list[tuple[object, ...]]:
    with scoped_to(world.viewer(name, Role.ANALYST)), translation.override("en"):
        return list(TABLE.cells(list(TABLE.rows(narrowed)), True))


def test_it_says_where_a_process_stands_and_nothing_of_evidence(world: World) -> None:
    order = issued(world)
    (row,) = exported_rows(world)
    assert row[0] == TABLE_TITLES["order"]
    assert row[-1] == order.ref and "17000001234" not in str(row)
    assert len(row) == len(TABLE.columns)


def test_it_is_narrowed_and_scoped(world: World) -> None:
    issued(world)
    later = timezone.now() + timedelta(days=1)
    assert exported_rows(world, TableFilter(kind="lead")) == [] == exported_rows(world, TableFilter(since=later))
    assert len(exported_rows(world, TableFilter(until=later))) == 1
    assert exported_rows(world, name="bank") == []
    assert {"order", "lead"} <= TABLE_TITLES.keys()


def test_no_dissuasion_is_in_it(world: World) -> None:
    begun(world)
    assert exported_rows(world, name="carrier") == [] == exported_rows(world, TableFilter(kind="dissuasion"), "carrier")
    assert "dissuasion" not in TABLE_TITLES
