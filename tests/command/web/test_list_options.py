"""Lists in a chosen order, page by page, without hidden columns."""

from datetime import UTC, datetime

import pytest
from django.http import QueryDict
from tests.command.people import World

from fanzha.base.words import Words
from fanzha.command.organizations.models import Organization
from fanzha.command.web.components import ListRow
from fanzha.command.web.list_options import ROW_COLUMNS, ListOptionsForm, SortOrder, keep_columns, take_page

NEWEST = SortOrder(Words("最新", "newest"), "created_at", datetime.fromisoformat)
NAMES = SortOrder(Words("名称", "name"), "province", str, descending=False)


@pytest.mark.parametrize("sort", [NEWEST, NAMES])
def test_pages_repeat_and_skip_nothing_also_among_equals(world: World, sort: SortOrder) -> None:
    rows, cursor, read = Organization.objects.all(), "", []
    for _ in range(20):
        page, cursor = take_page(rows, sort, cursor, 3)
        read += [row.pk for row in page]
        if not cursor:
            break
    assert sorted(read) == sorted(set(read)) == sorted(rows.values_list("pk", flat=True))


@pytest.mark.parametrize("cursor", ["x", "x_1", "_", "2026-01-01_x", "0001-01-01T00:00:00+14:00_5"])
def test_a_wrong_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(ValueError):
        NEWEST.sort(Organization.objects.all(), cursor)


def options(query: str) -> ListOptionsForm:
    form = ListOptionsForm(QueryDict(query))
    form.add_options({"newest": NEWEST}, ROW_COLUMNS)
    return form


def test_without_chosen_columns_all_are_shown() -> None:
    assert options("").columns == options("columns=nonsense").columns == set(ROW_COLUMNS)
    assert options("columns=time&sort=newest").columns == {"time"}
    assert (options("sort=newest").sort, options("sort=nonsense").sort) == ("newest", "")


def test_a_hidden_column_is_empty_in_the_row() -> None:
    row = ListRow("title", "/", summary="why", aside="0.9", meta=("mine",), at=datetime(2026, 1, 1, tzinfo=UTC))
    (kept,) = keep_columns([row], frozenset({"reason"}))
    assert (kept.title, kept.summary, kept.aside, kept.meta, kept.at) == ("title", "why", "", (), None)
    assert keep_columns([row], frozenset(ROW_COLUMNS)) == [row]
