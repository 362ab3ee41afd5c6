"""Keys are told once, kept as hashes, open to nobody else; a running screen sees what changed, and no broken file."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.store.screen_keys import PREFIX, REFRESH_NS, KeyScope, ScreenKeyCache, ScreenKeys

NOW = 1_772_323_200_000


@pytest.fixture
def keys(tmp_path: Path) -> ScreenKeys:
    return ScreenKeys(tmp_path)


def add(keys: ScreenKeys, name: str = "edge-1", *scopes: KeyScope, until: int | None = None) -> str:
    return keys.add(name, scopes or (KeyScope.CALL,), rate=100, burst=200, at=NOW, by="Lin", until=until)


def test_a_key_is_found_by_its_text_and_only_its_hash_is_kept(keys: ScreenKeys) -> None:
    text = add(keys, "edge-1", KeyScope.LOOKUP, KeyScope.CALL, KeyScope.CALL)
    assert text.startswith(PREFIX) and len(text) > 40
    assert text not in keys.path.read_text() and text.removeprefix(PREFIX) not in keys.path.read_text()
    assert keys.path.stat().st_mode & 0o777 == 0o600
    found = ScreenKeyCache(keys).find(text.encode(), NOW, 0)
    assert found is not None and (found.name, found.scopes) == ("edge-1", (KeyScope.CALL, KeyScope.LOOKUP))


def test_two_keys_are_never_alike(keys: ScreenKeys) -> None:
    assert add(keys, "one") != add(keys, "two")


@pytest.mark.parametrize("text", [b"", b"fzs_", b"\xff\x00", b"x" * 10_000])
def test_what_is_no_key_finds_nothing(keys: ScreenKeys, text: bytes) -> None:
    add(keys)
    assert ScreenKeyCache(keys).find(text, NOW, 0) is None


def test_without_a_file_there_are_no_keys(keys: ScreenKeys) -> None:
    assert keys.all() == () and ScreenKeyCache(keys).find(b"", NOW, 0) is None


def test_a_key_ends_when_it_was_said_to(keys: ScreenKeys) -> None:
    text = add(keys, until=NOW + 5).encode()
    used = ScreenKeyCache(keys)
    assert used.find(text, NOW + 4, 0) is not None and used.find(text, NOW + 5, 0) is None


DAY_MS = 86_400_000


@pytest.mark.parametrize("step", [-DAY_MS, DAY_MS])
def test_a_revocation_takes_effect_whatever_the_wall_clock_does(keys: ScreenKeys, step: int) -> None:
    text, used = add(keys).encode(), ScreenKeyCache(keys)
    assert used.find(text, NOW, 0) is not None
    keys.revoke("edge-1", at=NOW, by="Chen")
    assert used.find(text, NOW + step, REFRESH_NS) is None
    assert used.find(text, NOW, 2 * REFRESH_NS) is None


def test_a_clock_that_steps_back_does_not_make_an_expired_key_valid_again(keys: ScreenKeys) -> None:
    text = add(keys, until=NOW + 5_000).encode()
    used = ScreenKeyCache(keys)
    assert used.find(text, NOW, 0) is not None
    assert used.find(text, NOW - DAY_MS, 4 * REFRESH_NS) is not None
    assert used.find(text, NOW - DAY_MS, 5 * REFRESH_NS) is None


def test_a_clock_that_steps_forward_ends_a_key_only_while_it_is_ahead(keys: ScreenKeys) -> None:
    text = add(keys, until=NOW + 5_000).encode()
    used = ScreenKeyCache(keys)
    assert used.find(text, NOW, 0) is not None
    assert used.find(text, NOW + DAY_MS, REFRESH_NS) is None
    assert used.find(text, NOW + 2_000, 2 * REFRESH_NS) is not None


def test_a_running_screen_sees_keys_added_and_revoked(keys: ScreenKeys) -> None:
    used = ScreenKeyCache(keys)
    text = add(keys).encode()
    assert used.find(text, NOW, 0) is not None
    keys.revoke("edge-1", at=NOW, by="Chen")
    assert used.find(text, NOW, REFRESH_NS - 1) is not None, "it looks once a second"
    assert used.find(text, NOW, REFRESH_NS) is None


def test_a_removed_file_closes_everything(keys: ScreenKeys) -> None:
    text, used = add(keys).encode(), ScreenKeyCache(keys)
    keys.path.unlink()
    assert used.find(text, NOW, 0) is None


@pytest.mark.parametrize("broken", [b"[", b"{}", b'[{"name": "x"}]', b"\xff"])
def test_a_broken_file_changes_nothing_and_is_told(keys: ScreenKeys, broken: bytes) -> None:
    text, used = add(keys).encode(), ScreenKeyCache(keys)
    keys.path.write_bytes(broken)
    assert used.find(text, NOW, 0) is not None and "screen.json" in used.fault
    with pytest.raises(UsageError, match=r"screen\.json"):
        ScreenKeyCache(keys)


def test_a_mended_file_is_read_again(keys: ScreenKeys) -> None:
    text, used = add(keys).encode(), ScreenKeyCache(keys)
    good = keys.path.read_bytes()
    keys.path.write_bytes(b"[")
    used.find(text, NOW, 0)
    keys.path.write_bytes(good)
    assert used.find(text, NOW, REFRESH_NS) is not None and used.fault == ""


def test_a_file_open_to_others_is_refused(keys: ScreenKeys) -> None:
    text, used = add(keys).encode(), ScreenKeyCache(keys)
    keys.path.chmod(0o640)
    with pytest.raises(UsageError, match="chmod 600"):
        keys.all()
    assert used.find(text, NOW, 0) is not None and "chmod 600" in used.fault


def test_what_is_revoked_stays_in_the_file_with_who_and_when_and_frees_the_name(keys: ScreenKeys) -> None:
    add(keys)
    with pytest.raises(UsageError, match="there is a key called edge-1"):
        add(keys)
    keys.revoke("edge-1", at=NOW + 1, by="Chen")
    add(keys)
    assert [(key.revoked_at, key.revoked_by) for key in keys.all()] == [(NOW + 1, "Chen"), (None, "")]


def test_only_a_key_that_holds_can_be_revoked(keys: ScreenKeys) -> None:
    with pytest.raises(UsageError, match="no key that holds"):
        keys.revoke("edge-1", at=NOW, by="Chen")


@pytest.mark.parametrize("name", ["", "Edge", "a b", "../x", "x" * 65])
def test_a_name_is_one_that_can_be_told_on_one_line(keys: ScreenKeys, name: str) -> None:
    with pytest.raises(UsageError, match="no name for a key"):
        add(keys, name)
