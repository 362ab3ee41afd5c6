"""`fanzha backup` says what it wrote, its hash, and that keys which are not sealed are a risk."""

from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.run.running_site import migrate_site

from fanzha.cli import fanzha


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("FANZHA_DATABASE_URL", raising=False)
    migrate_site(tmp_path / "home")
    (tmp_path / "home" / "keys").mkdir(exist_ok=True)
    (tmp_path / "home" / "keys" / "site").write_bytes(bytes(32))
    return tmp_path


def test_the_hash_it_prints_is_that_of_the_file_and_open_keys_are_warned_of(home: Path) -> None:
    result = CliRunner().invoke(fanzha, ["backup", str(home / "a")])
    assert result.exception is None, result.output
    assert f"sha256 {sha256((home / 'a').read_bytes()).hexdigest()}" in result.stdout
    assert "the keys in it are not sealed" in result.stderr
    (home / "phrase").write_text("many made-up words")
    (home / "phrase").chmod(0o600)
    sealed = CliRunner().invoke(fanzha, ["backup", str(home / "b"), "--passphrase", str(home / "phrase")])
    assert sealed.exception is None, sealed.output
    assert sealed.stderr == ""
