"""Histories are folders of events by name, and one that is not there is named."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.store.histories import load_histories


def test_folders_stand_by_name_below_the_state_folder_or_anywhere(tmp_path: Path) -> None:
    (tmp_path / "calls").mkdir()
    (tmp_path / "fanzha.toml").write_text(f'[histories]\nhere = "calls"\n"all of it" = "{tmp_path}"\n')
    assert load_histories(tmp_path) == {"here": tmp_path / "calls", "all of it": tmp_path}
    assert load_histories(tmp_path / "calls") == {}


@pytest.mark.parametrize(("value", "why"), [('"gone"', "is not there"), ("3", "names no folder"), ('""', "no folder")])
def test_what_is_no_folder_is_refused(tmp_path: Path, value: str, why: str) -> None:
    (tmp_path / "fanzha.toml").write_text(f"[histories]\ncalls = {value}\n")
    with pytest.raises(UsageError, match=why):
        load_histories(tmp_path)
