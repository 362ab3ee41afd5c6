"""A file says what it holds and shows any byte that changed, was cut off or was added."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import base, entries

from fanzha.claims.snapshot import check
from fanzha.claims.snapshot_format.container import (
    Approval,
    DamagedSnapshot,
    SectionData,
    SnapshotFile,
    SnapshotHead,
    write,
)

HEAD = SnapshotHead(
    what="base", sequence=3, created_at=5, salt="00", approval=Approval("a made-up operator", "测试", 7)
)


def written(*sections: SectionData) -> bytes:
    return b"".join(write(HEAD, sections))


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_sections_come_back_as_they_were(parts: list[bytes]) -> None:
    data = written(*(SectionData(str(place), part) for place, part in enumerate(parts)))
    file = SnapshotFile(memoryview(data), "made up")
    file.verify()
    assert [bytes(file.section_bytes(str(place))) for place in range(len(parts))] == parts
    assert (file.head.sequence, file.head.approval) == (3, HEAD.approval)
    assert all(section.offset % 64 == 0 for section in file.head.sections)


def test_words_come_back_in_their_rows() -> None:
    table = np.arange(6, dtype=np.uint64).reshape(3, 2)
    file = SnapshotFile(
        memoryview(written(SectionData("table", table, 2), SectionData("none", table[:0], 2))), "made up"
    )
    assert file.words("table").tolist() == table.tolist() and file.words("none").shape == (0, 2)


@given(
    st.dictionaries(st.tuples(st.just("phone_number"), st.sampled_from(["+861", "+862", "110", "0"])), entries),
    st.data(),
)
def test_any_byte_that_changed_is_seen(listed: dict[tuple[str, str], object], data: st.DataObject) -> None:
    whole = bytes(base(listed).data)  # type: ignore[arg-type]
    check(SnapshotFile(memoryview(whole), "whole"))
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(DamagedSnapshot):
        check(SnapshotFile(memoryview(bytes(changed)), "changed"))


def test_every_single_byte_is_covered() -> None:
    whole = written(SectionData("one", b"abc"), SectionData("two", b"x" * 70))
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :]
        with pytest.raises(DamagedSnapshot):
            SnapshotFile(memoryview(changed), "changed").verify()


@given(st.integers(0, 400))
def test_a_file_that_was_cut_or_has_grown_is_seen(size: int) -> None:
    whole = written(SectionData("one", b"abc"))
    if size != len(whole):
        with pytest.raises(DamagedSnapshot):
            SnapshotFile(memoryview(whole[:size].ljust(size, b"\0")), "other").verify()


@given(st.binary(max_size=300))
def test_garbage_is_no_snapshot(garbage: bytes) -> None:
    with pytest.raises(DamagedSnapshot, match="快照"):
        SnapshotFile(memoryview(garbage), "garbage")


def test_a_section_that_is_not_there_is_named() -> None:
    with pytest.raises(DamagedSnapshot, match="section lists is missing"):
        SnapshotFile(memoryview(written()), "made up").section_bytes("lists")
