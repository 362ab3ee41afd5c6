"""Long tables are read whole and in order, in pieces, and rows that are written meanwhile do no harm."""

import pytest
from pytest_django import DjangoAssertNumQueries
from tests.command.audit.records import record

from fanzha.command.audit import long_tables
from fanzha.command.audit.long_tables import read_in_chunks
from fanzha.command.audit.models import LogBatch


@pytest.fixture(autouse=True)
def of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_tables, "CHUNK", 3)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 6, 7])
def test_every_row_comes_once_in_order(count: int) -> None:
    record(*[1] * count)
    rows = LogBatch.objects.values_list("number", "entries").order_by("-number")
    assert list(read_in_chunks(rows, "number")) == [(number, 1) for number in range(1, count + 1)]


@pytest.mark.django_db
def test_no_statement_stays_open_between_pieces() -> None:
    record(1, 1, 1)
    read = read_in_chunks(LogBatch.objects.values_list("number"), "number")
    assert next(read) == (1,)
    record(1)
    assert [number for (number,) in read] == [2, 3, 4]


@pytest.mark.django_db
def test_a_piece_is_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    record(*[1] * 7)
    with django_assert_num_queries(3):
        assert len(list(read_in_chunks(LogBatch.objects.values_list("number"), "number"))) == 7
