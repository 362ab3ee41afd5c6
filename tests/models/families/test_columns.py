"""Numbers are taken under our names or any header known of them; what is missing is not-a-number."""

import numpy as np
import pyarrow as pa
import pytest

from fanzha.base.errors import UsageError
from fanzha.events.subscriber_profile import CALLS
from fanzha.models.families.columns import read_numbers


def test_our_names_and_known_headers_give_the_same_numbers() -> None:
    ours = pa.table({"calls": [3, None], "other_parties": [2, 5]})
    theirs = pa.table({"node": ["a", "b"], "opposite_unique": [2.0, 5.0], "Opposite_Count": [3.0, None]})
    for table in (ours, theirs, pa.table({"通话次数": [3, None], "对端号码数": [2, 5]})):
        assert np.array_equal(read_numbers(table, CALLS[:3]), [[3, 2, np.nan], [np.nan, 5, np.nan]], equal_nan=True)


def test_our_name_comes_before_a_header() -> None:
    assert read_numbers(pa.table({"opposite_count": [9], "calls": [1]}), CALLS[:1]).tolist() == [[1.0]]


def test_a_table_of_something_else_is_refused() -> None:
    with pytest.raises(UsageError, match="fewer than 2 of the columns"):
        read_numbers(pa.table({"calls": [1], "text": ["x"]}), CALLS, min_columns=2)
