"""Raw tables of rows: their columns can be read, and a definition cannot name what is not there."""

import pytest

from fanzha.command.statistics.definitions import DefinitionError, Related, RowSource
from fanzha.command.statistics.periods import parse_period
from fanzha.command.statistics.row_tables import TABLES, RowScope, RowTable, select_rows

PERIOD = parse_period("2026-10")
SCOPE = RowScope((1,), PERIOD.since, PERIOD.until, is_simulated=True)


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_column_can_be_read(table: RowTable) -> None:
    assert list(table.rows().values_list(*table.columns.values())) == []
    for by in table.organizations:
        for at in table.moments:
            assert not select_rows(RowSource(table.name, by, at), SCOPE).exists()


@pytest.mark.parametrize(
    "source",
    [
        RowSource("colours", "owner", "at"),
        RowSource("legs", "buyer", "opened_at"),
        RowSource("legs", "owner", "due_at"),
        RowSource("legs", "owner", "opened_at", where={"colour": "red"}),
        RowSource("tags", "owner", "at", has=(Related("steps", ("draft",)),)),
        RowSource("legs", "owner", "opened_at", has=(Related("colours", ("red",)),)),
    ],
)
def test_what_is_not_there_is_refused(source: RowSource) -> None:
    with pytest.raises(DefinitionError):
        select_rows(source, SCOPE)
