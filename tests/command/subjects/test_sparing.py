"""The spared list is read anew when its file is another."""

from pathlib import Path

import pytest

from fanzha.command.subjects.sparing import spared_by_number

HEADER = "number,origin_kind,origin,owner,proof,until\n"
ROW = "0571-8777 0000,trunk,LL-07,a made-up hospital,contract 7,\n"


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "lists").mkdir()
    return tmp_path / "lists"


def test_a_list_that_comes_changes_or_goes_counts_at_once(lists: Path) -> None:
    assert spared_by_number() == {}
    (lists / "spared.csv").write_text(HEADER + ROW)
    assert [one.owner for one in spared_by_number()["+8657187770000"]] == ["a made-up hospital"]
    (lists / "spared.csv").write_text(HEADER + ROW + ROW.replace("LL-07", "LL-08"))
    assert len(spared_by_number()["+8657187770000"]) == 2
    (lists / "spared.csv").unlink()
    assert spared_by_number() == {}
