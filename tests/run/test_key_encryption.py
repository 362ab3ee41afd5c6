"""Encrypted keys can be decrypted only with their pass phrase and under their own name."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from fanzha.base.errors import UsageError
from fanzha.run.key_encryption import read_passphrase, seal, unseal

PHRASE = "many made-up words in a row"


@settings(max_examples=5)
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


def test_two_seals_of_the_same_differ() -> None:
    assert seal(b"secret", PHRASE, "a") != seal(b"secret", PHRASE, "a")


def test_a_phrase_that_others_read_or_that_is_short_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "phrase"
    file.write_text(f"{PHRASE}\n")
    file.chmod(0o644)
    with pytest.raises(UsageError, match="can be read by others"):
        read_passphrase(file)
    file.chmod(0o600)
    assert read_passphrase(file) == PHRASE
    file.write_text("short")
    with pytest.raises(UsageError, match="12 characters"):
        read_passphrase(file)
    with pytest.raises(UsageError, match="cannot be read"):
        read_passphrase(tmp_path / "none")
