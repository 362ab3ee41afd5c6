"""Many rows in one statement come to the same as Django's own way, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.command.subjects.models import FindingRow, Presence, SeenVersion, Subject, VerdictRow
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped

COLUMNS = ("ref", "kind", "value", "holder_from", "shown", "thing", "identity", "created_at")
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def row(number: int, **changes: Any) -> tuple[Any, ...]:
    values = {
        "ref": f"R{number}",
        "kind": "call",
        "value": f"c{number}",
        "holder_from": None,
        "shown": "",
        "thing": f"t{number}",
        "identity": f"i{number}",
        "created_at": AT,
    }
    return tuple({**values, **changes}.values())


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=texts, holder=st.none() | moments, at=moments)
def test_what_is_written_is_read_as_it_was(db: None, value: str, holder: datetime | None, at: datetime) -> None:
    with transaction.atomic(), unscoped("test"):
        ((key, identity),) = bulk.insert(
            Subject, COLUMNS, [row(1, value=value, holder_from=holder, created_at=at)], returning=("id", "identity")
        )
        found = Subject.objects.get(pk=key)
        assert (found.value, found.holder_from, found.created_at, identity) == (value, holder, at, "i1")
        transaction.set_rollback(True)


def test_rows_that_are_there_are_left_out_and_said_so(db: None) -> None:
    bulk.insert(Subject, COLUMNS, [row(1)])
    again = bulk.insert(
        Subject,
        COLUMNS,
        [row(1, ref="x"), row(2)],
        conflict="(identity) DO NOTHING",
        returning=("identity",),
    )
    assert again == [("i2",)]
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Subject, COLUMNS, [row(1, ref="x")])


def test_rows_that_are_there_can_be_added_to(world: World) -> None:
    columns = ("subject_id", "owner_id", "marking", "findings", "top_score", "first_at", "last_at")
    given_ = (subject().pk, world["carrier"].pk, "TLP:AMBER", 2, 0.5, AT, AT)
    conflict = "(subject_id, owner_id, marking) DO UPDATE SET findings = subjects_presence.findings + excluded.findings"
    for _ in range(2):
        bulk.insert(Presence, columns, [given_], conflict=conflict)
    assert Presence._base_manager.get().findings == 4


def test_json_binary_and_truth_values_are_kept(world: World) -> None:
    one = finding_row(world["carrier"])
    bulk.update(FindingRow, "id", ("packed", "simulated", "score"), [(one.pk, b"\0\1", True, 0.25)])
    one.refresh_from_db()
    assert (bytes(one.packed), one.simulated, one.score) == (b"\0\1", True, 0.25)
    columns = ("subject_id", "owner_id", "marking", "direction", "service", "ingress", "level", "score")
    more = ("fraud_type", "treatment", "decided_by", "simulated", "since", "until", "why")
    cells = (one.subject_id, one.owner_id, "TLP:AMBER", "", "", "", "watch", 0.5)
    bulk.insert(VerdictRow, columns + more, [(*cells, "", "allow", "", False, AT, None, '[{"by": "一"}]')])
    assert VerdictRow._base_manager.get().why == [{"by": "一"}]


def test_many_rows_are_changed_each_by_its_key(world: World) -> None:
    rows = [finding_row(world["carrier"], subject(f"+86170000{n:05d}")) for n in range(30)]
    bulk.update(FindingRow, "id", ("found_at",), [(one.pk, AT + timedelta(hours=n)) for n, one in enumerate(rows)])
    with unscoped("test"):
        assert [one.found_at - AT for one in FindingRow.objects.order_by("pk")] == [
            timedelta(hours=n) for n in range(30)
        ]


def test_values_are_bound_as_one_and_joined_with(world: World) -> None:
    bulk.insert(Subject, COLUMNS, [row(number) for number in range(5)])
    found = Subject._base_manager.filter(bulk.column_in("identity", ["i3", "i1", "i9"], "text")).order_by("ref")
    assert bulk.fetch_rows(found.values_list("ref", "created_at", "holder_from")) == [
        ("R1", AT, None),
        ("R3", AT, None),
    ]
    assert list(found.values_list("ref")) == [("R1",), ("R3",)]
    assert not bulk.fetch_rows(Subject._base_manager.filter(bulk.column_in("id", [])).values_list("ref"))
    assert not bulk.fetch_rows(Subject._base_manager.none().values_list("ref"))
    table = Subject._meta.db_table
    given_, cells = bulk.values_table(
        ("name", "text", ["i1", "i2"]), ("moment", "timestamptz", [AT, AT + timedelta(1)])
    )
    joined = f"SELECT ref FROM {table} JOIN {given_} ON identity = given.name AND created_at = given.moment"
    assert bulk.select(joined, *cells) == [("R1",)]


def test_nothing_to_write_is_no_statement(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert bulk.insert(SeenVersion, ("owner_id",), []) == []
        bulk.update(SeenVersion, "id", ("version",), [])


def test_limited_queries_are_joined(world: World) -> None:
    bulk.insert(Subject, COLUMNS, [row(number) for number in range(5)])
    everything = Subject._base_manager.values_list("ref", "created_at")
    parts = [everything.order_by("ref")[:2], everything.order_by("-ref")[:1], everything.none()]
    assert sorted(bulk.fetch_union(parts)) == [("R0", AT), ("R1", AT), ("R4", AT)]
    keys = [Subject._base_manager.order_by(order).values_list("pk")[:1] for order in ("ref", "-ref")]
    found = Subject._base_manager.filter(pk__in=bulk.in_union(keys)).order_by("ref")
    assert list(found.values_list("ref", flat=True)) == ["R0", "R4"]
    assert bulk.fetch_union([]) == bulk.fetch_union([everything.none()]) == []
    assert not Subject._base_manager.filter(pk__in=bulk.in_union([])).exists()
