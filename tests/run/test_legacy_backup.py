"""Old backups: encrypted keys open with their pass phrase under their own name; keys in plain are refused."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.run.legacy_backups import seal, write_legacy_backup

from fanzha.base.errors import UsageError
from fanzha.run.legacy_backup import refuse_unauthenticated, unseal

PHRASE = "many made-up words in a row"


@settings(max_examples=5, deadline=None)
@given(some.binary(max_size=100), some.text(min_size=1, max_size=20))
def test_what_was_sealed_opens(data: bytes, phrase: str) -> None:
    assert unseal(seal(data, phrase, "keys/site"), phrase, "keys/site") == data


def test_neither_another_phrase_nor_another_name_opens_it() -> None:
    sealed = seal(b"secret", PHRASE, "keys/site")
    with pytest.raises(UsageError, match="does not open"):
        unseal(sealed, PHRASE + ".", "keys/site")
    with pytest.raises(UsageError, match="does not open"):
        unseal(sealed, PHRASE, "keys/other")


@pytest.mark.parametrize("offset", [0, 5, 25, -1])
def test_a_changed_byte_is_found(offset: int) -> None:
    sealed = bytearray(seal(b"secret", PHRASE, "keys/site"))
    sealed[offset] ^= 1
    with pytest.raises(UsageError, match="does not open"):
        unseal(bytes(sealed), PHRASE, "keys/site")


@pytest.mark.parametrize(
    ("members", "keys"),
    [
        ({"state/keys/site": bytes(32)}, "plain"),
        ({"state/keys/site": bytes(32)}, "encrypted"),  # the manifest is not authentic
        ({"state/keys/site.sealed": bytes(80), "state/keys/evidence": bytes(32)}, "encrypted"),
        ({"state/lists/a.csv": b""}, "encrypted"),
        ({"state/lists/a.csv": b""}, "plain"),
    ],
)
def test_a_key_that_is_not_encrypted_is_refused_whatever_the_manifest_says(
    members: dict[str, bytes], keys: str, tmp_path: Path
) -> None:
    write_legacy_backup(tmp_path / "a", members, keys=keys)
    with pytest.raises(UsageError, match="keys that are not encrypted"):
        refuse_unauthenticated(tmp_path / "a")


def test_encrypted_keys_are_accepted(tmp_path: Path) -> None:
    write_legacy_backup(tmp_path / "a", {"state/keys/site.sealed": bytes(80)}, keys="encrypted")
    refuse_unauthenticated(tmp_path / "a")
