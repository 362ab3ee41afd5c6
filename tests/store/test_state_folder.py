"""The state folder is the one that the environment names."""

from pathlib import Path

import pytest

from fanzha.store.state_folder import state_folder


def test_fanzha_home_stands_above_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FANZHA_HOME", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert state_folder() == tmp_path / "state" / "fanzha"
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "own"))
    assert state_folder() == tmp_path / "own"


def test_without_either_the_folder_lies_below_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FANZHA_HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    assert state_folder() == Path.home() / ".local" / "state" / "fanzha"
