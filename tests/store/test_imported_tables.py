"""Tables that several hand in stand together; one kept by hand is never written over."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.base.errors import UsageError
from fanzha.store.imported_tables import merge_parts, table_part

SCHEMA = pa.schema({"number": pa.string(), "operator": pa.string()})


def hand_in(folder: Path, owner: str, *numbers: str) -> None:
    part = table_part("portability", owner, folder)
    pq.write_table(pa.table({"number": numbers, "operator": ["x"] * len(numbers)}, schema=SCHEMA), part.temporary)
    part.commit()


def merged(folder: Path) -> list[str]:
    found = pq.read_table(folder / "tables" / "portability.parquet")["number"]
    return [str(one) for one in found.to_pylist()]


def test_each_part_replaces_its_own(tmp_path: Path) -> None:
    hand_in(tmp_path, "A", "1", "2")
    hand_in(tmp_path, "B", "3")
    assert merge_parts("portability", SCHEMA, tmp_path) == 3 and merged(tmp_path) == ["1", "2", "3"]
    hand_in(tmp_path, "A", "4")
    assert merge_parts("portability", SCHEMA, tmp_path) == 2 and merged(tmp_path) == ["4", "3"]


def test_what_was_given_up_leaves_nothing(tmp_path: Path) -> None:
    part = table_part("portability", "A", tmp_path)
    part.temporary.write_bytes(b"half")
    part.discard()
    assert list(part.path.parent.iterdir()) == [] and merge_parts("portability", SCHEMA, tmp_path) == 0


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_one_kept_by_hand_is_not_written_over(tmp_path: Path, ending: str) -> None:
    hand_in(tmp_path, "A", "1")
    kept = tmp_path / "tables" / f"portability.{ending}"
    pq.write_table(pa.table({"number": ["9"]}), kept)
    with pytest.raises(UsageError, match="kept by hand"):
        merge_parts("portability", SCHEMA, tmp_path)
    assert pq.read_table(kept)["number"].to_pylist() == ["9"]
