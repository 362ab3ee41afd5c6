"""`fanzha backup` says what it wrote and its hash; it writes nothing in plain unless that was asked for."""

from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.run.running_site import migrate_site

from fanzha.base.errors import UsageError
from fanzha.cli import fanzha


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("FANZHA_DATABASE_URL", raising=False)
    migrate_site(tmp_path / "home")
    (tmp_path / "home" / "keys").mkdir(exist_ok=True)
    (tmp_path / "home" / "keys" / "site").write_bytes(bytes(32))
    return tmp_path


def test_without_a_pass_phrase_or_recipient_it_is_refused_and_says_what_to_give(home: Path) -> None:
    for options in ([], ["--plain", "--recipient", "fzbr_"]):
        result = CliRunner().invoke(fanzha, ["backup", str(home / "a"), *options])
        assert isinstance(result.exception, UsageError)
        assert all(text in str(result.exception) for text in ("须加密", "--passphrase", "--recipient", "--plain"))
    assert not (home / "a").exists()


def test_the_hash_it_prints_is_that_of_the_file_and_missing_keys_are_warned_of(home: Path) -> None:
    result = CliRunner().invoke(fanzha, ["backup", str(home / "a"), "--plain"])
    assert result.exception is None, result.output
    assert f"sha256 {sha256((home / 'a').read_bytes()).hexdigest()}" in result.stdout
    assert "it holds personal data and no keys" in result.stderr
    (home / "phrase").write_text("many made-up words")
    (home / "phrase").chmod(0o600)
    encrypted = CliRunner().invoke(fanzha, ["backup", str(home / "b"), "--passphrase", str(home / "phrase")])
    assert encrypted.exception is None, encrypted.output
    assert encrypted.stderr == ""
    assert (home / "b").stat().st_mode & 0o777 == 0o600
