"""A key is made once, is nobody else's to read, and is never replaced in silence."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.store.keys import load_key


def test_a_key_is_made_at_first_use_and_stays(tmp_path: Path) -> None:
    first = load_key("share", tmp_path)
    assert len(first) == 32 and load_key("share", tmp_path) == first
    assert (tmp_path / "keys" / "share").stat().st_mode & 0o777 == 0o600


def test_keys_differ_by_name_and_installation(tmp_path: Path) -> None:
    assert (
        len({load_key("share", tmp_path / "a"), load_key("other", tmp_path / "a"), load_key("share", tmp_path / "b")})
        == 3
    )


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_key("share", tmp_path)
    (tmp_path / "keys" / "share").chmod(0o640)
    with pytest.raises(UsageError, match="chmod 600"):
        load_key("share", tmp_path)


def test_a_cut_key_is_refused(tmp_path: Path) -> None:
    load_key("share", tmp_path)
    (tmp_path / "keys" / "share").write_bytes(b"short")
    with pytest.raises(UsageError, match="5 bytes"):
        load_key("share", tmp_path)
