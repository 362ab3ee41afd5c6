"""The public key of anchors is pinned once, in the state folder, and stays until the old key names another."""

from pathlib import Path

import pytest

from fanzha.command.audit.pinned_key import pin_key, read_pinned_key, trusted_keys
from fanzha.command.audit.signing import public_key
from fanzha.processes.log.anchor import NoAnchor


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


def test_the_key_is_pinned_once_and_stays_when_the_signing_key_is_replaced(home: Path) -> None:
    assert read_pinned_key() is None and trusted_keys("5e" * 32) is None
    key = pin_key()
    assert key == public_key() and pin_key() is None
    (home / "keys" / "anchors").write_bytes(bytes(32))
    pinned = read_pinned_key()
    assert pinned is not None and pinned.first == key != public_key()
    assert (home / "keys" / "anchors.pinned").stat().st_mode & 0o077 == 0


def test_a_broken_pin_file_is_named(home: Path) -> None:
    (home / "keys").mkdir()
    (home / "keys" / "anchors.pinned").write_text("none\n")
    with pytest.raises(NoAnchor, match=r"anchors\.pinned"):
        read_pinned_key()
