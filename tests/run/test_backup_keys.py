"""The secret of a backup is derived from what its operator holds, and from nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.run.backup_keys import (
    IDENTITY,
    RECIPIENT,
    SENDER,
    ArchiveKey,
    Credentials,
    PassphraseHeader,
    RecipientHeader,
    decode_key,
    derive_secret,
    encode_key,
    new_identity,
    passphrase_key,
    plain_key,
    read_passphrase,
    read_private_text,
    recipient_key,
    sender_public_key,
)

PHRASE = "many made-up words in a row"
FILE = Path("backup")


def test_a_pass_phrase_gives_another_secret_to_every_archive_and_is_stretched() -> None:
    first, second = passphrase_key(PHRASE), passphrase_key(PHRASE)
    assert first.secret != second.secret and isinstance(first.header, PassphraseHeader)
    assert (first.header.n, first.header.r, first.header.p) == (131_072, 8, 1)
    assert derive_secret(first.header, Credentials(PHRASE), FILE) == first.secret
    assert derive_secret(first.header, Credentials(PHRASE + "."), FILE) != first.secret
    with pytest.raises(UsageError, match="give --passphrase"):
        derive_secret(first.header, Credentials(), FILE)


@pytest.mark.parametrize(("n", "r", "p"), [(1 << 40, 8, 1), (1 << 10, 8, 1), (100_000, 8, 1), (1 << 17, 1 << 20, 1)])
def test_a_header_cannot_ask_for_more_memory_or_less_work(n: int, r: int, p: int) -> None:
    with pytest.raises(UsageError, match="its header is damaged"):
        derive_secret(PassphraseHeader(bytes(16), n, r, p), Credentials(PHRASE), FILE)


class Parties:
    """A site that writes, and the machine that restores."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.identity, self.recipient = new_identity()
        self.key = recipient_key(self.recipient, site)
        self.sender = sender_public_key(site)

    def derive(self, key: ArchiveKey, *, identity: str | None = None, sender: str | None = None) -> bytes:
        credentials = Credentials(
            identity=self.identity if identity is None else identity,
            sender=self.sender if sender is None else sender,
            keys_from=self.site,
        )
        return derive_secret(key.header, credentials, FILE)


@pytest.fixture
def parties(tmp_path: Path) -> Parties:
    return Parties(tmp_path / "site")


def test_the_recipient_reads_what_the_site_wrote(parties: Parties) -> None:
    assert parties.derive(parties.key) == parties.key.secret
    assert parties.key.secret != recipient_key(parties.recipient, parties.site).secret


def test_the_site_that_writes_backups_cannot_read_them(parties: Parties) -> None:
    with pytest.raises(UsageError, match="give --identity"):
        parties.derive(parties.key, identity="")
    of_the_site = encode_key(IDENTITY, (parties.site / "keys" / "backups").read_bytes())
    with pytest.raises(UsageError, match="is encrypted for fzbr_"):
        parties.derive(parties.key, identity=of_the_site)


def test_an_archive_of_a_stranger_who_has_the_public_key_is_refused(parties: Parties, tmp_path: Path) -> None:
    forged = recipient_key(parties.recipient, tmp_path / "stranger")
    with pytest.raises(UsageError, match="does not come from this sender"):
        parties.derive(forged)
    assert isinstance(forged.header, RecipientHeader)
    claimed = RecipientHeader(forged.header.recipient, decode_key(SENDER, parties.sender), forged.header.ephemeral)
    assert parties.derive(ArchiveKey(claimed, b"")) != forged.secret


def test_without_the_key_of_the_sender_nothing_is_read(parties: Parties) -> None:
    with pytest.raises(UsageError, match="its origin is not checked"):
        parties.derive(parties.key, sender="")


def test_a_public_key_of_small_order_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not valid"):
        recipient_key(encode_key(RECIPIENT, bytes(32)), tmp_path)


@pytest.mark.parametrize(
    "change", [lambda text: text[:-1], lambda text: "fzbs_" + text[5:], lambda text: text + "AAAA"]
)
def test_a_mistyped_key_is_refused(change: Callable[[str], str]) -> None:
    _private, public = new_identity()
    with pytest.raises(UsageError, match="no key that begins with fzbr_"):
        decode_key(RECIPIENT, change(public))
    swapped = public[:10] + ("A" if public[10] != "A" else "B") + public[11:]
    with pytest.raises(UsageError, match="mistyped"):
        decode_key(RECIPIENT, swapped)


def test_a_plain_archive_is_bound_to_the_installation(tmp_path: Path) -> None:
    key = plain_key(tmp_path / "site")
    assert derive_secret(key.header, Credentials(keys_from=tmp_path / "site"), FILE) == key.secret
    plain_key(tmp_path / "other")
    assert derive_secret(key.header, Credentials(keys_from=tmp_path / "other"), FILE) != key.secret
    assert derive_secret(key.header, Credentials(keys_from=tmp_path / "none"), FILE) == b""
    assert not (tmp_path / "none").exists()


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
    file.write_bytes(b"\xff" * 20)
    with pytest.raises(UsageError, match="not UTF-8"):
        read_private_text(file)
