"""A column that says the same on every row."""

import pyarrow as pa

from fanzha.read._arrow import constant_column


def test_one_value_is_repeated_with_its_type() -> None:
    assert constant_column("a", pa.string(), 3).to_pylist() == ["a", "a", "a"]
    assert constant_column(None, pa.int64(), 2).type == pa.int64()
    assert len(constant_column(True, pa.bool_(), 0)) == 0
