"""`fanzha backup-key` makes the keys of a recipient and shows the key of the site."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from fanzha.base.errors import UsageError
from fanzha.cli import fanzha
from fanzha.run.backup_keys import IDENTITY, RECIPIENT, SENDER, decode_key


def test_the_private_key_stays_in_its_file_and_the_public_one_is_printed(tmp_path: Path) -> None:
    result = CliRunner().invoke(fanzha, ["backup-key", "new", str(tmp_path / "identity")])
    assert result.exception is None, result.output
    decode_key(RECIPIENT, result.stdout.strip())
    decode_key(IDENTITY, (tmp_path / "identity").read_text().strip())
    assert (tmp_path / "identity").stat().st_mode & 0o777 == 0o600
    again = CliRunner().invoke(fanzha, ["backup-key", "new", str(tmp_path / "identity")])
    assert isinstance(again.exception, UsageError)


def test_the_site_always_has_the_same_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    first, second = (CliRunner().invoke(fanzha, ["backup-key", "sender"]).stdout.strip() for _ in range(2))
    assert first == second
    decode_key(SENDER, first)
