"""A signed file is believed whole or not at all, however it was changed, and unpacks to no more than it may."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dispose.keys import OURS, PRIVATE, PUBLIC, THEIRS

from fanzha.dispose import (
    FILE_POSITION_WORDS,
    FilePosition,
    LastFile,
    UnreadableAnswer,
    UnverifiedMessage,
    file_position,
)
from fanzha.dispose import _container as room
from fanzha.dispose._container import FileManifest, digest, pack, unpack

MANIFEST = FileManifest(
    what="answers",
    sender="a made-up carrier",
    receiver="a made-up centre",
    sequence=1,
    made_at="2026-03-01T00:00:00.000Z",
    member="answers.jsonl",
    sha256="",
)
ROWS = b'{"leg": "a", "state": "acknowledged", "at": "2026-03-01"}\n' * 20
FILE = pack(MANIFEST, ROWS, (OURS,))


def changed(name: str, data: bytes) -> bytes:
    """Return the file with a member that was exchanged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FILE)) as before, zipfile.ZipFile(out, "w") as after:
        for one in before.namelist():
            after.writestr(one, data if one == name else before.read(one))
    return out.getvalue()


@pytest.mark.parametrize(("ours", "known"), [(OURS, OURS), (PRIVATE, PUBLIC)])
def test_what_was_packed_is_unpacked(ours: str, known: str) -> None:
    data = pack(MANIFEST, ROWS, (ours,))
    manifest, made, rows = unpack(data, (known,))
    assert (rows, manifest.sequence, manifest.member, made) == (ROWS, 1, "answers.jsonl", digest(data))
    assert pack(MANIFEST, ROWS, (ours,)) == data


def test_nobody_else_can_have_packed_it() -> None:
    with pytest.raises(UnverifiedMessage):
        unpack(FILE, (THEIRS,))


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig", "answers.jsonl"])
def test_a_member_that_was_exchanged_is_seen(name: str) -> None:
    with pytest.raises(UnverifiedMessage):
        unpack(changed(name, b"{}"), (OURS,))


@given(place=st.integers(0, len(FILE) - 1), byte=st.integers(1, 255))
def test_a_byte_that_was_changed_changes_nothing_that_is_believed(place: int, byte: int) -> None:
    data = bytearray(FILE)
    data[place] ^= byte
    try:
        manifest, made, rows = unpack(bytes(data), (OURS,))
    except (UnreadableAnswer, UnverifiedMessage):
        return
    assert (manifest.sequence, made, rows) == (1, digest(FILE), ROWS)


def test_a_place_before_the_file_is_no_place() -> None:
    data, of_its_directory = bytearray(FILE), FILE.rindex(b"PK\5\6") + 16
    data[of_its_directory + 3] ^= 0xFF
    with pytest.raises(UnreadableAnswer):
        unpack(bytes(data), (OURS,))


@given(st.binary(max_size=400))
def test_garbage_is_no_file(data: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        unpack(data, (OURS,))


@pytest.mark.parametrize("length", range(0, len(FILE), 37))
def test_a_file_that_was_cut_is_no_file(length: int) -> None:
    with pytest.raises(UnreadableAnswer):
        unpack(FILE[:length], (OURS,))


def test_no_more_is_unpacked_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LONGEST_MEMBER", 1_000)
    with pytest.raises(UnreadableAnswer, match="longer than"):
        unpack(pack(MANIFEST, bytes(1_001), (OURS,)), (OURS,))


@pytest.mark.parametrize(
    ("sequence", "before", "last", "place"),
    [
        (1, "", LastFile(), FilePosition.NEXT),
        (2, "a", LastFile(1, "a"), FilePosition.NEXT),
        (1, "", LastFile(1, "a"), FilePosition.REPEATED),
        (3, "b", LastFile(1, "a"), FilePosition.MISSING_BEFORE),
        (2, "x", LastFile(1, "a"), FilePosition.ANOTHER),
        (1, "x", LastFile(), FilePosition.ANOTHER),
        (0, "", LastFile(), FilePosition.REPEATED),
    ],
)
def test_a_file_is_told_by_its_number_and_by_the_one_before(
    sequence: int, before: str, last: LastFile, place: FilePosition
) -> None:
    assert file_position(sequence, before, last) is place


def test_every_place_is_told_in_both_languages() -> None:
    assert set(FILE_POSITION_WORDS) == set(FilePosition) and all(all(words) for words in FILE_POSITION_WORDS.values())
