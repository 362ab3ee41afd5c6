"""Archives round-trip; changed, truncated and path-traversing archives are refused."""

import io
import os
import tarfile
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
import pytest
from tests.run.legacy_backups import write_legacy_backup, write_tar

from fanzha.base.errors import UsageError
from fanzha.run.archive import (
    FORMAT,
    LEGACY_FORMAT,
    MANIFEST,
    BackupManifest,
    create_archive,
    encode_manifest,
    file_hash,
    read_manifest,
    unpack,
)
from fanzha.run.backup_encryption import EncryptedArchive
from fanzha.run.backup_keys import Credentials, plain_key

MEMBERS = {"state/fanzha.toml": b"[site]\n", "state/keys/site": bytes(range(32)), "fanzha.sqlite3": b"x" * 3_000_000}


def manifest(hashes: dict[str, str], format_number: int = FORMAT) -> BackupManifest:
    return BackupManifest(
        format_number, "0.1.0", "2026-03-02T00:00:00Z", "sqlite", "included", (("site", "0001"),), hashes
    )


def unpack_archive(path: Path, folder: Path) -> BackupManifest:
    """Unpack an archive that `write` wrote."""
    return unpack(EncryptedArchive(path, Credentials(keys_from=path.parent / "home")).reader(), path, folder)


def unpack_tar(path: Path, folder: Path) -> BackupManifest:
    """Unpack a bare compressed tar, as of version 0.1.0."""
    with path.open("rb", buffering=0) as source:
        return unpack(source, path, folder, LEGACY_FORMAT)


def write(
    path: Path, members: dict[str, bytes], *, hashes: dict[str, str] | None = None, format_number: int = FORMAT
) -> None:
    with create_archive(path, plain_key(path.parent / "home")) as archive:
        for name, data in members.items():
            archive.add_bytes(name, data)
        archive.add_bytes(
            MANIFEST, encode_manifest(manifest(archive.hashes if hashes is None else hashes, format_number))
        )


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    write(tmp_path / "a", MEMBERS)
    unpacked = unpack_archive(tmp_path / "a", tmp_path / "out")
    assert unpacked.members.keys() == MEMBERS.keys()
    assert {name: (tmp_path / "out" / name).read_bytes() for name in MEMBERS} == MEMBERS
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "out" / "state" / "keys" / "site").stat().st_mode & 0o777 == 0o600


def test_a_file_that_grows_is_taken_as_long_as_it_was(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"first\n")
    with create_archive(tmp_path / "a", plain_key(tmp_path / "home")) as archive, log.open("rb") as file:
        with log.open("ab") as log_file:
            log_file.write(b"second\n")
        archive.add_stream("log", file, 6)
        archive.add_bytes(MANIFEST, encode_manifest(manifest(archive.hashes)))
    unpack_archive(tmp_path / "a", tmp_path / "out")
    assert (tmp_path / "out" / "log").read_bytes() == b"first\n"


def test_a_file_that_shrank_stops_the_backup_and_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match="could not be read to its end"),
        create_archive(tmp_path / "a", plain_key(tmp_path / "home")) as archive,
    ):
        archive.add_stream("log", io.BytesIO(b"short"), 6)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


@pytest.mark.parametrize("member", MEMBERS)
def test_a_member_that_was_changed_or_is_missing_is_named(tmp_path: Path, member: str) -> None:
    write(tmp_path / "a", MEMBERS)
    hashes = unpack_archive(tmp_path / "a", tmp_path / "first").members
    write(tmp_path / "changed", MEMBERS | {member: b"other"}, hashes=hashes)
    write(tmp_path / "missing", {name: data for name, data in MEMBERS.items() if name != member}, hashes=hashes)
    for path in ("changed", "missing"):
        with pytest.raises(UsageError, match=f"1 of its files are not what the manifest says, the first is {member}"):
            unpack_archive(tmp_path / path, tmp_path / f"out-{path}")


def test_a_member_that_the_manifest_does_not_know_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a", MEMBERS, hashes={})
    with pytest.raises(UsageError, match="3 of its files"):
        unpack_archive(tmp_path / "a", tmp_path / "out")


@pytest.mark.parametrize("keep", [0, 10, 60, 200])
def test_a_cut_file_is_no_whole_backup(tmp_path: Path, keep: int) -> None:
    write_legacy_backup(tmp_path / "a", MEMBERS)
    (tmp_path / "cut").write_bytes((tmp_path / "a").read_bytes()[:keep])
    with pytest.raises(UsageError, match="no whole backup"):
        read_manifest(tmp_path / "cut")
    with pytest.raises(UsageError, match="no whole backup"):
        unpack_tar(tmp_path / "cut", tmp_path / "out")


def test_another_format_is_told(tmp_path: Path) -> None:
    write(tmp_path / "a", MEMBERS, format_number=FORMAT + 1)
    with pytest.raises(UsageError, match="format 3, this program reads 2"):
        unpack_archive(tmp_path / "a", tmp_path / "out")


@pytest.mark.parametrize("name", ["../outside", "/outside", "state/../../outside"])
def test_no_member_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    write_tar(tmp_path / "a", {name: b"x"})
    with pytest.raises(UsageError, match="leads out of the folder"):
        unpack_tar(tmp_path / "a", tmp_path / "out")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("name", ["state//keys/site", "state/./keys/site", "./state/keys/site"])
def test_a_member_whose_name_is_not_written_plainly_is_refused(tmp_path: Path, name: str) -> None:
    """Checks of names, such as that each key of an old backup is encrypted, must see the file that is written."""
    write(tmp_path / "a", {name: b"x"})
    with pytest.raises(UsageError, match="not written plainly"):
        unpack_archive(tmp_path / "a", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_same_member_twice_is_refused(tmp_path: Path) -> None:
    with create_archive(tmp_path / "a", plain_key(tmp_path / "home")) as archive:
        for data in (b"one", b"two"):
            archive.add_bytes("state/fanzha.toml", data)
        archive.add_bytes(MANIFEST, encode_manifest(manifest(archive.hashes)))
    with pytest.raises(UsageError, match="no whole backup"):
        unpack_archive(tmp_path / "a", tmp_path / "out")


def test_the_file_and_its_folder_are_flushed_before_it_is_called_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[tuple[str, bool]] = []  # what, and whether the archive stood under its name

    def record(handle: int) -> None:
        flushed.append((Path(f"/proc/self/fd/{handle}").resolve().name, (tmp_path / "a").exists()))

    key = plain_key(tmp_path / "home")
    monkeypatch.setattr(os, "fsync", record)
    with create_archive(tmp_path / "a", key) as archive:
        archive.add_bytes(MANIFEST, b"{}")
    assert flushed == [(f".a.{os.getpid()}.part", False), (tmp_path.name, True)]


def test_a_link_is_no_file(tmp_path: Path) -> None:
    with (
        pa.CompressedOutputStream(str(tmp_path / "a"), "zstd") as packed,
        tarfile.open(fileobj=cast(IO[bytes], packed), mode="w|") as tar,
    ):
        info = tarfile.TarInfo("state/fanzha.toml")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(info)
    with pytest.raises(UsageError, match="is no file"):
        unpack_tar(tmp_path / "a", tmp_path / "out")


def test_the_hash_of_the_whole_file_tells_copies_apart(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert file_hash(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_byte_changed_anywhere_in_an_old_backup_is_told_as_damage(tmp_path: Path) -> None:
    write_legacy_backup(tmp_path / "a", {"state/反诈.toml": b"[site]\n", "state/keys/site": bytes(range(256))})
    whole = (tmp_path / "a").read_bytes()
    for offset in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[offset] ^= 0xFF
        (tmp_path / "damaged").write_bytes(damaged)
        with pytest.raises(
            UsageError, match=r"no whole backup|not what the manifest says|leads out of|is no file|has format"
        ):
            unpack_tar(tmp_path / "damaged", tmp_path / f"out{offset}")
