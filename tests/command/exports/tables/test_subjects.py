"""Subjects leave masked unless whole values were asked for; persons and whoever is to be warned never do."""

from datetime import timedelta

from tests.command.exports.factories import verdict
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.command.exports.table import TableFilter
from fanzha.command.exports.tables.subjects import TABLE
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

ALL = TableFilter()


def exported_values(
    world: World, name: str = "carrier", *, whole: bool = False, narrowed: TableFilter = ALL
) -> list[str]:
    with scoped_to(world.viewer(name, Role.ANALYST)):
        return [str(row[1]) for row in TABLE.cells(list(TABLE.rows(narrowed).order_by("pk")), whole)]


def test_values_are_masked_or_whole(world: World) -> None:
    verdict(world["carrier"])
    (masked,) = exported_values(world)
    assert "•" in masked and masked.startswith("+86 17")
    assert exported_values(world, whole=True) == ["+8617000001234"]


def test_what_others_hold_is_not_in_it(world: World) -> None:
    verdict(world["carrier"])
    assert exported_values(world, "other_carrier") == []
    assert len(exported_values(world, "administration")) == 1


def test_persons_and_victims_are_in_no_list(world: World) -> None:
    verdict(world["carrier"], 1, fraud_type="victim_at_risk")
    verdict(world["carrier"], 2)
    finding_row(world["other_carrier"], subject("+8617000000002"), fraud_type="victim_at_risk")
    verdict(world["carrier"], about=subject("ab" * 32, "person"))
    assert exported_values(world, whole=True) == []


def test_it_is_narrowed_by_kind_and_time_and_only_what_holds_is_in_it(world: World) -> None:
    verdict(world["carrier"], 1, since=AT + timedelta(days=2))
    verdict(world["carrier"], 2, superseded_at=AT)
    verdict(world["carrier"], about=subject("https://example.com/", "website"))
    assert len(exported_values(world)) == 2
    assert exported_values(world, whole=True, narrowed=TableFilter(kind="website")) == ["https://example.com/"]
    assert exported_values(world, whole=True, narrowed=TableFilter(since=AT + timedelta(days=1))) == ["+8617000000001"]
    assert exported_values(world, whole=True, narrowed=TableFilter(until=AT + timedelta(days=1))) == [
        "https://example.com/"
    ]
