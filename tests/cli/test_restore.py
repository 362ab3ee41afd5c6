"""`fanzha restore` puts back what `fanzha backup` wrote, into the folder that FANZHA_HOME names."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.run.legacy_backups import write_legacy_backup
from tests.run.running_site import migrate_site, read_tables

from fanzha.base.errors import UsageError
from fanzha.cli import fanzha


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(fanzha, [str(argument) for argument in arguments])


def test_what_was_backed_up_for_a_recipient_comes_back_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FANZHA_DATABASE_URL", raising=False)
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    migrate_site(tmp_path / "home")
    recipient = run("backup-key", "new", tmp_path / "identity").stdout.strip()
    sender = run("backup-key", "sender").stdout.strip()
    assert run("backup", tmp_path / "a", "--recipient", recipient).exception is None
    opened = ("--identity", tmp_path / "identity", "--sender", sender)
    assert isinstance(run("restore", tmp_path / "a", *opened).exception, UsageError)
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "elsewhere"))
    result = run("restore", tmp_path / "a", *opened)
    assert result.exception is None, result.output
    assert "files restored, sqlite" in result.stdout
    assert result.stderr == ""
    assert read_tables(tmp_path / "elsewhere") == read_tables(tmp_path / "home")


def test_a_backup_that_nothing_proves_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FANZHA_DATABASE_URL", raising=False)
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    write_legacy_backup(tmp_path / "a", {"state/keys/site": bytes(32)})
    assert isinstance(run("restore", tmp_path / "a").exception, UsageError)
    result = run("restore", tmp_path / "a", "--accept-unauthenticated")
    assert result.exception is None, result.output
    assert "未经认证" in result.stderr and "nothing proves that this backup is authentic" in result.stderr
