"""An archive that was changed in any way is refused, by each way of protecting it."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from fanzha.base.errors import UsageError
from fanzha.run.backup_encryption import CHUNK_BYTES, MAGIC, EncryptedArchive, EncryptedWriter, is_encrypted_archive
from fanzha.run.backup_keys import (
    ArchiveKey,
    Credentials,
    new_identity,
    passphrase_key,
    plain_key,
    recipient_key,
    sender_public_key,
)

STORED = CHUNK_BYTES + 16  # bytes of a full chunk in the file
REFUSED = r"damaged|was changed|does not open|do not prove|is encrypted for|not come from|is not valid"


class Vault:
    """A way to protect archives, and the credentials that open them."""

    def __init__(self, way: str, folder: Path) -> None:
        identity, recipient = new_identity()
        self.is_plain = way == "plain"
        self.new_key: Callable[[], ArchiveKey] = (
            (lambda: plain_key(folder)) if self.is_plain else (lambda: recipient_key(recipient, folder))
        )
        self.new_key()
        self.credentials = Credentials(identity=identity, sender=sender_public_key(folder), keys_from=folder)
        self._file = folder / "archive"

    def write(self, data: bytes) -> bytes:
        return write(self.new_key(), data)

    def read(self, archive: bytes) -> bytes:
        """Verify an archive, then read it."""
        self._file.write_bytes(archive)
        return read(self._file, self.credentials)

    def refuses(self, archive: bytes) -> None:
        with pytest.raises(UsageError, match=REFUSED):
            self.read(archive)


def write(key: ArchiveKey, data: bytes, step: int = 1 << 30) -> bytes:
    file = io.BytesIO()
    with EncryptedWriter(file, key) as writer:
        for start in range(0, len(data), step):
            assert writer.write(data[start : start + step]) == len(data[start : start + step])
    return file.getvalue()


def read(path: Path, credentials: Credentials) -> bytes:
    archive = EncryptedArchive(path, credentials)
    assert archive.authenticated
    size = sum(archive.verify())
    with archive.reader() as reader:
        data = reader.read()
    assert isinstance(data, bytes) and len(data) == size
    return data


def split(archive: bytes) -> tuple[bytes, list[bytes]]:
    """Return the header and the chunks of an archive."""
    length = int.from_bytes(archive[len(MAGIC) : len(MAGIC) + 4])
    start = len(MAGIC) + 4 + length + 32
    return archive[:start], [archive[at : at + STORED] for at in range(start, len(archive), STORED)]


def join(header: bytes, chunks: list[bytes]) -> bytes:
    return header + b"".join(chunks)


@pytest.fixture(scope="module", params=["plain", "recipient"])
def vault(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault(request.param, tmp_path_factory.mktemp("vault"))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(size=some.integers(0, 3 * CHUNK_BYTES + 2), step=some.integers(1000, 2 * CHUNK_BYTES))
@pytest.mark.parametrize("whole_chunks", [False, True])
def test_what_is_written_in_any_pieces_is_read(vault: Vault, size: int, step: int, whole_chunks: bool) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    data = data[: size - size % CHUNK_BYTES if whole_chunks else size]
    assert vault.read(write(vault.new_key(), data, step)) == data


@settings(max_examples=150, deadline=None)
@given(position=some.floats(0, 1, exclude_max=True), mask=some.integers(1, 255))
def test_a_byte_changed_anywhere_is_refused(vault: Vault, position: float, mask: int) -> None:
    archive = bytearray(vault.write(b"x" * (CHUNK_BYTES + 300)))
    archive[int(position * len(archive))] ^= mask
    vault.refuses(bytes(archive))


def test_each_byte_of_the_header_counts(vault: Vault) -> None:
    archive = vault.write(b"data")
    for offset in range(len(split(archive)[0])):
        changed = bytearray(archive)
        changed[offset] ^= 1
        vault.refuses(bytes(changed))


@settings(max_examples=50, deadline=None)
@given(position=some.floats(0, 1, exclude_max=True))
def test_an_archive_cut_off_anywhere_is_refused(vault: Vault, position: float) -> None:
    archive = vault.write(b"x" * (2 * CHUNK_BYTES))
    vault.refuses(archive[: int(position * len(archive))])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_an_archive_cut_off_between_chunks_is_refused(vault: Vault, count: int) -> None:
    header, chunks = split(vault.write(b"x" * (3 * CHUNK_BYTES)))
    assert len(chunks) == 3
    vault.refuses(join(header, chunks[:count]))


def test_chunks_moved_repeated_left_out_or_added_are_refused(vault: Vault) -> None:
    header, (first, second, third) = split(vault.write(b"x" * (3 * CHUNK_BYTES)))
    for chunks in (
        [second, first, third],
        [first, third, second],
        [first, first, third],
        [first, third],
        [first, second, second, third],
        [first, second, third, third],
        [first, second, third, b"\0"],
    ):
        vault.refuses(join(header, chunks))


def test_parts_of_two_archives_of_the_same_data_cannot_be_exchanged(vault: Vault) -> None:
    data = b"x" * (2 * CHUNK_BYTES + 1)
    (header, chunks), (other_header, other_chunks) = split(vault.write(data)), split(vault.write(data))
    vault.refuses(join(other_header, chunks))
    for number in range(3):
        vault.refuses(join(header, [*chunks[:number], other_chunks[number], *chunks[number + 1 :]]))


def test_encrypted_archives_show_nothing_and_plain_ones_all(vault: Vault) -> None:
    assert (b"13800138000" in vault.write(b"13800138000")) is vault.is_plain


def test_a_wrong_pass_phrase_is_told_from_damage(tmp_path: Path) -> None:
    archive = write(passphrase_key("many made-up words"), b"data")
    (tmp_path / "a").write_bytes(archive)
    assert read(tmp_path / "a", Credentials("many made-up words")) == b"data"
    with pytest.raises(UsageError, match="does not open with this pass phrase"):
        EncryptedArchive(tmp_path / "a", Credentials("other made-up words"))
    (tmp_path / "a").write_bytes(archive[:-1] + bytes([archive[-1] ^ 1]))
    with pytest.raises(UsageError, match="is damaged, cut off or was changed at byte"):
        read(tmp_path / "a", Credentials("many made-up words"))


def test_a_plain_archive_of_another_installation_is_accepted_only_if_asked_and_not_called_authentic(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").write_bytes(write(plain_key(tmp_path / "site"), b"data"))
    plain_key(tmp_path / "other")
    for folder in (tmp_path / "other", tmp_path / "none"):
        with pytest.raises(UsageError, match="do not prove that it is authentic"):
            EncryptedArchive(tmp_path / "a", Credentials(keys_from=folder))
        archive = EncryptedArchive(tmp_path / "a", Credentials(keys_from=folder, accept_unauthenticated=True))
        assert not archive.authenticated and archive.reader().read() == b"data"


def test_an_encrypted_archive_cannot_be_accepted_unauthenticated(tmp_path: Path) -> None:
    vault = Vault("recipient", tmp_path)
    header, chunks = split(vault.write(b"data"))
    (tmp_path / "a").write_bytes(header[:-1] + bytes([header[-1] ^ 1]) + chunks[0])
    credentials = replace(vault.credentials, accept_unauthenticated=True)
    with pytest.raises(UsageError, match="was changed"):
        EncryptedArchive(tmp_path / "a", credentials)


def test_the_format_is_told_by_the_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(write(plain_key(tmp_path), b""))
    (tmp_path / "b").write_bytes(b"\x28\xb5\x2f\xfd")
    assert is_encrypted_archive(tmp_path / "a") and not is_encrypted_archive(tmp_path / "b")
