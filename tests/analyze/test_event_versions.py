"""Of the rows with one event id the last version stands."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from fanzha.analyze.event_versions import last_versions

ids = st.sampled_from(["", "a", "b", "é", "call 7", *(digit * 32 for digit in "01"), "0" * 31, "0" * 33])
versions = st.lists(st.tuples(ids, st.integers(0, 3)), max_size=30)


def expected_rows(rows: list[tuple[str, int]]) -> list[int]:
    last: dict[str, tuple[int, int]] = {}
    for row, (event_id, learned) in enumerate(rows):
        last[event_id] = max(last.get(event_id, (learned, row)), (learned, row))
    return sorted(row for _, row in last.values())


def select_last_versions(rows: list[tuple[str, int]], skipped: int = 0) -> list[int]:
    texts = pa.array([event_id for event_id, _ in rows], pa.string()).slice(skipped)
    return [int(row) for row in last_versions(texts, np.array([learned for _, learned in rows[skipped:]], np.int64))]


@given(versions)
def test_of_every_event_the_version_learned_last_stands(rows: list[tuple[str, int]]) -> None:
    assert select_last_versions(rows) == expected_rows(rows)


@given(versions, st.integers(0, 30))
def test_a_part_of_a_column_is_looked_at_alone(rows: list[tuple[str, int]], skipped: int) -> None:
    assert select_last_versions(rows, skipped) == expected_rows(rows[skipped:])
