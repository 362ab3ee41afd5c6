"""The choices about calls from abroad survive their file, which is private and read by its own columns alone."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.base.errors import UsageError
from fanzha.claims.snapshot_format.lists import OverseasChoices
from fanzha.store.overseas_choices import load_overseas_choices, write_overseas_choices
from fanzha.store.snapshot_inputs import build_list_sections

CHOICES = OverseasChoices(
    np.array([8617000000001, 8617000000002], np.uint64), np.array([False, True]), {8617000000002: [120]}
)


def test_choices_are_written_once_and_read_back(tmp_path: Path) -> None:
    assert load_overseas_choices(tmp_path) is None
    assert write_overseas_choices(CHOICES, tmp_path) and not write_overseas_choices(CHOICES, tmp_path)
    read = load_overseas_choices(tmp_path)
    assert read is not None and read.keys.tolist() == CHOICES.keys.tolist()
    assert read.announced.tolist() == [False, True] and read.exceptions == {8617000000002: [120]}
    (path,) = (tmp_path / "tables").glob("*.parquet")
    assert path.stat().st_mode & 0o077 == 0
    assert write_overseas_choices(OverseasChoices(np.array([], np.uint64), np.array([], np.bool_)), tmp_path)
    assert load_overseas_choices(tmp_path).keys.tolist() == []  # type: ignore[union-attr]


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    pq.write_table(pa.table({"key": [1]}), tmp_path / "tables" / "overseas_choices.parquet")
    with pytest.raises(UsageError, match="other columns"):
        load_overseas_choices(tmp_path)


def test_snapshots_have_the_lists_once_there_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    assert "overseas_choices" not in {section.name for section in build_list_sections(0, b"s" * 16)}
    write_overseas_choices(CHOICES)
    assert "overseas_choices" in {section.name for section in build_list_sections(0, b"s" * 16)}
