"""Who looked at whom leaves for the privacy officer alone, with subjects masked."""

from datetime import timedelta

from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import NUMBER, subject

from fanzha.command.exports.table import TableFilter
from fanzha.command.exports.tables.unmaskings import TABLE
from fanzha.command.exports.unmasking import unmask
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_it_says_who_saw_what_and_what_for(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    later = timezone.now() + timedelta(days=1)
    with scoped_to(viewer):
        unmask(viewer, subject(), "calling the bank", "C1")
        (row,) = TABLE.cells(list(TABLE.rows(TableFilter(until=later))), True)
        assert not TABLE.rows(TableFilter(since=later)).exists()
    assert (str(row[1]), row[3], row[4]) == ("carrier analyst", "calling the bank", "C1")
    assert NUMBER not in str(row) and len(row) == len(TABLE.columns)
    assert TABLE.roles == (Role.PRIVACY_OFFICER,)
