"""A column that says the same on every row."""

import pyarrow as pa

from fanzha.read._arrow import repeated


def test_one_value_is_repeated_with_its_type() -> None:
    assert repeated("a", pa.string(), 3).to_pylist() == ["a", "a", "a"]
    assert repeated(None, pa.int64(), 2).type == pa.int64()
    assert len(repeated(True, pa.bool_(), 0)) == 0
