"""The rank of a row is 1 and the number of rows of its tick and fields with a larger value."""

import numpy as np

from fanzha.rules import parse
from fanzha.rules._engine.evaluate import Evaluator
from fanzha.rules._engine.ranks import compute_ranks
from fanzha.rules.tree import FieldReference, Rank, walk
from fanzha.windows import UNKNOWN


def ranks(amounts: list[int], cells: list[int], moments: list[int]) -> list[int]:
    """Return the ranks of the rows by amount of data, within the cells."""
    (rule,) = parse("rule r\n  on sim_use\n  when data_kb > 0 and cell is known\n  then find device score 1\n").rules
    named = {part.name: part for part in walk(rule.when) if isinstance(part, FieldReference)}
    node = Rank(rule.when.location, named["data_kb"], (named["cell"],))
    columns = {"data_kb": np.array(amounts, np.int64), "cell": np.array(cells, np.int64)}
    at = Evaluator("sim_use", columns, {}, np.arange(len(amounts)))
    found: list[int] = compute_ranks(node, at, np.array(moments, np.int64)).tolist()
    return found


def test_the_largest_value_of_a_tick_and_cell_is_first_and_equal_values_share_a_rank() -> None:
    assert ranks([5, 9, 9, 1, 7], cells=[1, 1, 1, 1, 2], moments=[0] * 5) == [3, 1, 1, 4, 1]


def test_ticks_are_ranked_apart() -> None:
    assert ranks([5, 9, 1, 2], cells=[1] * 4, moments=[0, 1, 1, 0]) == [1, 1, 2, 2]


def test_a_row_without_the_value_or_the_field_has_no_rank_and_counts_for_no_other() -> None:
    assert ranks([5, UNKNOWN, 9, 1], cells=[1, 1, UNKNOWN, 1], moments=[0] * 4) == [1, UNKNOWN, UNKNOWN, 2]


def test_no_rows_have_no_ranks() -> None:
    assert ranks([], cells=[], moments=[]) == []
