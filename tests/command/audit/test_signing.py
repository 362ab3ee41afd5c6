"""Anchors are signed under a key that is made once, and nothing else fits."""

from pathlib import Path

import pytest

from fanzha.command.audit.signing import is_valid_signature, public_key, sign
from fanzha.processes.log.checker import signature_fits


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


def test_a_signature_fits_its_text_and_key_alone(home: Path) -> None:
    public, signature = bytes.fromhex(public_key()), sign(b"text")
    assert is_valid_signature(public, signature, b"text")
    assert not is_valid_signature(public, signature, b"text ")
    assert not is_valid_signature(bytes(32), signature, b"text")
    assert not is_valid_signature(public, b"short", b"text")
    (home / "keys" / "anchors").write_bytes(bytes(32))
    assert public_key() != public.hex()


def test_the_stand_alone_checker_agrees() -> None:
    public, signature = bytes.fromhex(public_key()), sign(b"text")
    assert signature_fits(public, signature, b"text")
    assert not signature_fits(public, signature, b"other")


def test_the_key_is_made_once_and_is_its_owners(home: Path) -> None:
    assert public_key() == public_key()
    assert (home / "keys" / "anchors").stat().st_mode & 0o077 == 0
