"""What windows keep of a month is what a rescan of its events finds, whatever the events and the shares."""

from collections.abc import Mapping
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
from tests.analyze.profile.rescan import rescanned, sorted_tables
from tests.rules.random_stream import random_stream

from fanzha.analyze.profile.contacts import write_contacts
from fanzha.analyze.profile.month import ProfileMonth, day_start, time_range
from fanzha.analyze.profile.window_profiles import compute_profiles
from fanzha.events.subscriber_profile import CALLS, NOT_BY_WINDOWS, TEXTS
from fanzha.windows import DAY_MS

GIVEN = [column.name for column in (*CALLS, *TEXTS) if column.name not in NOT_BY_WINDOWS]


@pytest.mark.parametrize("case", range(40))
def test_windows_and_a_rescan_find_the_same(case: int, tmp_path: Path) -> None:
    random = Random(f"profile {case}")
    tables = sorted_tables(made_up(random), tmp_path)
    month = random_month(random, tables)
    contacts = write_contacts(
        tables, month, tmp_path / "contacts.parquet", events_per_share=random.choice((20, 100, 10**9))
    )
    found = [compute_profiles(contacts.read_share(share), month) for share in range(contacts.shares)]
    rows = pa.Table.from_batches(found).select(["subscriber", "simulated", *GIVEN]).to_pylist()
    expected = [{name: row[name] for name in ("subscriber", "simulated", *GIVEN)} for row in rescanned(tables, month)]
    assert sorted(rows, key=lambda row: row["subscriber"]) == expected


def random_month(random: Random, tables: Mapping[str, Path]) -> ProfileMonth:
    """Return a month that holds all of the events, some or none; so late now and then that texts count."""
    first = min((known[0] for path in tables.values() if (known := time_range(path))), default=0)
    end = day_start(first) + random.choice((1, 2, 5, 27, 28, 29, 30, 31, 45)) * DAY_MS
    return ProfileMonth(end, end - 1)


def made_up(random: Random) -> dict[str, pa.Table]:
    """Return a random stream, some of it simulated."""
    return {name: _simulated(random, table) for name, table in random_stream(random).items()}


def _simulated(random: Random, table: pa.Table) -> pa.Table:
    place = table.schema.get_field_index("simulated")
    drawn = pa.array([random.random() < 0.1 for _ in range(table.num_rows)], pa.bool_())
    return table.set_column(place, table.schema.field(place), drawn)
