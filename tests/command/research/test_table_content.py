"""A table is laid out with its totals, and what leaves is written without what is withheld."""

import csv
import io

import numpy as np

from fanzha.command.research.small_cells import PublishedSums
from fanzha.command.research.table_content import (
    build_layout,
    compute_table,
    number_atoms,
    pack_sums,
    unpack_sums,
    write_csv,
)
from fanzha.command.research.table_dimensions import SubjectRecords
from fanzha.command.research.table_services import COUNT, RATE

OWNER = 7
LABELS: dict[str, tuple[str, ...]] = {"month": ("2026-01", "2026-02"), "fraud_type": ("prize", "phishing")}


def records(cells: dict[tuple[int, int], int]) -> SubjectRecords:
    """Return subjects by month and fraud type, half of each confirmed and half cleared."""
    months = [month for (month, _kind), many in cells.items() for _ in range(many)]
    kinds = [kind for (_month, kind), many in cells.items() for _ in range(many)]
    outcomes = [place % 2 for many in cells.values() for place in range(many)]
    count = len(months)
    values = {"month": np.array(months), "fraud_type": np.array(kinds)}
    return SubjectRecords(np.arange(count), np.full(count, OWNER), np.array(outcomes), values, LABELS)


FULL = {(0, 0): 20, (0, 1): 30, (1, 0): 40, (1, 1): 50}


def test_a_count_has_its_cells_and_totals() -> None:
    layout = build_layout(LABELS, COUNT)
    assert layout.shape == (2, 2) and len(layout.entries) == 4 + 2 + 2 + 1
    assert number_atoms(records(FULL), layout, COUNT).max() == 3
    lines = compute_table(records(FULL), COUNT, 10, OWNER).content["lines"]
    assert {"month": "2026-02", "fraud_type": "*", "count": 90} in lines
    assert {"month": "*", "fraud_type": "*", "count": 140} in lines


def test_a_rate_shows_both_counts() -> None:
    lines = compute_table(records(FULL), RATE, 10, OWNER).content["lines"]
    assert {"month": "2026-01", "fraud_type": "phishing", "decided": 30, "confirmed": 15, "rate": 0.5} in lines


def test_a_small_cell_takes_totals_with_it_before_other_cells() -> None:
    content = compute_table(records(FULL | {(0, 0): 3}), COUNT, 10, OWNER).content
    cells = [line for line in content["lines"] if "*" not in line.values()]
    assert len(cells) == 3 and content["lines_withheld"]


def test_what_was_published_is_packed_and_read_again() -> None:
    table = compute_table(records(FULL | {(0, 0): 3}), COUNT, 10, OWNER)
    read = unpack_sums(pack_sums(table.published))
    assert read.subjects.tolist() == table.published.subjects.tolist()
    assert [part.tolist() for part in read.sums] == [part.tolist() for part in table.published.sums]
    empty = PublishedSums(np.empty(0, np.int64), np.empty(0, np.int64), [])
    assert unpack_sums(pack_sums(empty)).sums == []


def test_csv_has_notes_head_and_lines() -> None:
    content = compute_table(records(FULL), COUNT, 10, OWNER).content
    rows = list(csv.reader(io.StringIO(write_csv(content, ["a note"]).decode("utf-8-sig"))))
    assert rows[0] == ["# a note"] and rows[1] == ["month", "fraud_type", "count"] and ["*", "*", "140"] in rows


def test_a_table_without_dimensions_is_one_number() -> None:
    found = records(FULL)._replace(labels={}, values={})
    assert compute_table(found, COUNT, 10, OWNER).content["lines"] == [{"count": 140}]
