"""Sources are opened plain, gzipped or zipped; what is damaged, locked or no file says so; bombs are given up."""

import gzip
import zipfile
from pathlib import Path

import pytest

from fanzha.read import UnreadableSource
from fanzha.read._stream import BOMB, CUT_OFF, LOCKED, NOT_A_FILE, UNREADABLE, is_gzip, list_zip_members, open_stream

TEXT = b"a,b\n1,2\n" * 100


def read(path: Path, member: str = "") -> bytes:
    with open_stream(path, member) as stream:
        data = b"".join(iter(lambda: stream.read(64), b""))
        assert 0 <= stream.position <= max(path.stat().st_size, len(data))
    return data


def why(path: Path, member: str = "") -> object:
    with pytest.raises(UnreadableSource) as caught:
        read(path, member)
    return caught.value.words


def test_plain_gzip_and_zip_give_the_same(tmp_path: Path) -> None:
    plain, packed, archive = tmp_path / "a.csv", tmp_path / "a.csv.gz", tmp_path / "a.zip"
    plain.write_bytes(TEXT)
    packed.write_bytes(gzip.compress(TEXT))
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("b/a.csv", TEXT)
        file.mkdir("c")
    assert read(plain) == read(packed) == read(archive, "b/a.csv") == TEXT
    assert (is_gzip(packed), is_gzip(plain)) == (True, False)
    assert (list_zip_members(archive), list_zip_members(plain)) == ([("b/a.csv", len(TEXT))], None)


def test_a_file_cut_off_gives_what_is_there_and_then_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 400)[:-20])
    assert why(path) == CUT_OFF
    path.write_bytes(b"\x1f\x8b\x08\x00" + b"\xff" * 40)
    assert why(path) == CUT_OFF


def test_damaged_zip_files_say_so(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.csv", TEXT)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"a,b\n1,2\n", b"x,b\n1,2\n", 1))
    assert why(path, "a.csv") == CUT_OFF
    assert why(path, "gone.csv") == CUT_OFF
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableSource):
        list_zip_members(path)


def test_a_locked_member_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.csv", TEXT)
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    assert why(path, "a.csv") == LOCKED


def test_what_grows_too_much_is_a_bomb(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        for _ in range(160):
            file.write(bytes(1_000_000))
    with pytest.raises(UnreadableSource) as caught, open_stream(path) as stream:
        while stream.read(1 << 20):
            pass
    assert caught.value.words == BOMB


def test_folders_and_missing_files_are_no_files(tmp_path: Path) -> None:
    assert why_not(tmp_path) == NOT_A_FILE
    assert why_not(tmp_path / "gone") == UNREADABLE


def why_not(path: Path) -> object:
    with pytest.raises(UnreadableSource) as caught, open_stream(path):
        pass
    return caught.value.words
