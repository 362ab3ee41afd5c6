"""`fanzha restore` puts back what `fanzha backup` wrote, into the folder that FANZHA_HOME names."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.run.running_site import migrate_site, read_tables

from fanzha.base.errors import UsageError
from fanzha.cli import fanzha


def test_what_was_backed_up_comes_back_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FANZHA_DATABASE_URL", raising=False)
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    migrate_site(tmp_path / "home")
    assert CliRunner().invoke(fanzha, ["backup", str(tmp_path / "a")]).exception is None
    refused = CliRunner().invoke(fanzha, ["restore", str(tmp_path / "a")])
    assert isinstance(refused.exception, UsageError)
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "elsewhere"))
    result = CliRunner().invoke(fanzha, ["restore", str(tmp_path / "a")])
    assert result.exception is None, result.output
    assert "files restored, sqlite" in result.stdout
    assert read_tables(tmp_path / "elsewhere") == read_tables(tmp_path / "home")
