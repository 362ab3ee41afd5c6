"""The directory is read as Android reads it: tricks that stop other tools are noted, bombs end at the limit."""

import io
import struct
import zipfile

import pytest

from fanzha.base.android import zip_directory
from fanzha.base.android.zip_directory import ZipDirectory, ZipFault


def archive(files: dict[str, bytes]) -> bytearray:
    """A zip file of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files.items():
            target.writestr(name, data, zipfile.ZIP_DEFLATED)
    return bytearray(buffer.getvalue())


def directory(data: bytes | bytearray) -> ZipDirectory:
    return ZipDirectory(memoryview(data), 100)


def patch(data: bytearray, entry: int, offset: int, form: str, value: int) -> bytearray:
    """Change a field of the central directory's entry of this number."""
    at = -1
    for _ in range(entry + 1):
        at = data.index(b"PK\x01\x02", at + 1)
    struct.pack_into(form, data, at + offset, value)
    return data


def test_an_entry_is_read_and_an_honest_file_has_no_oddity() -> None:
    found = directory(archive({"a.txt": b"abc" * 100, "b": b"x"}))
    assert found.read(found.entries["a.txt"], 1_000) == b"abc" * 100
    assert found.oddities == set()


def test_no_more_is_unpacked_than_asked_for() -> None:
    found = directory(archive({"bomb": bytes(50_000_000)}))
    assert len(found.read(found.entries["bomb"], 1_000_000)) == 1_000_000


def test_the_encryption_flag_is_ignored_and_noted() -> None:
    found = directory(patch(archive({"a": b"hello"}), 0, 8, "<H", 0x0801))
    assert found.read(found.entries["a"], 100) == b"hello"
    assert found.oddities >= {zip_directory.ENCRYPTED_FLAG}


def test_an_unknown_method_means_stored() -> None:
    data = archive({"a": b"hello"})
    found = directory(patch(data, 0, 10, "<H", 0x2A2A))
    found.read(found.entries["a"], 100)
    assert {zip_directory.UNKNOWN_METHOD, zip_directory.LOCAL_HEADER_DIFFERS} <= found.oddities


def test_the_first_of_two_entries_of_a_name_counts() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target, pytest.warns(UserWarning, match="Duplicate"):
        target.writestr("a", b"first")
        target.writestr("a", b"second")
    found = directory(buffer.getvalue())
    assert found.read(found.entries["a"], 100) == b"first"
    assert found.oddities == {zip_directory.DUPLICATE_ENTRY}


def test_entries_that_share_data_are_noted() -> None:
    found = directory(patch(archive({"a": b"one" * 50, "b": b"two" * 50}), 1, 42, "<I", 0))
    assert zip_directory.OVERLAPPING_ENTRIES in found.oddities


def test_a_length_that_lies_is_noted() -> None:
    found = directory(patch(archive({"a": b"one" * 50}), 0, 24, "<I", 7))
    found.read(found.entries["a"], 1_000)
    assert found.oddities == {zip_directory.LYING_LENGTH}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"hello", "no_directory"),
        (b"PK\x05\x06" + b"\xff" * 18, "too_many_entries"),
        (bytes(archive({"a": b"x"}))[10:], "damaged_directory"),
    ],
)
def test_what_is_no_zip_file_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ZipFault) as caught:
        directory(data)
    assert caught.value.reason == reason


def test_more_entries_than_allowed_are_refused() -> None:
    with pytest.raises(ZipFault, match="too_many_entries"):
        directory(archive({str(number): b"" for number in range(101)}))
