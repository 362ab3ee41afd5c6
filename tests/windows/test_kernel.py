"""The compiled parts alone: tables lose nothing and keep no graves, and no change of a source escapes the cache."""

import ast
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import fanzha.windows
from fanzha.base.kernels import compiled
from fanzha.windows._kernel.days import CHINA_MS, DAY_MS, day_of
from fanzha.windows._kernel.layout import LOW, NONE, UNKNOWN
from fanzha.windows._kernel.pointers import pointer_behind, pointer_to
from fanzha.windows.hash_tables import delete, insert, mix_hash, move

ROOM = Path(fanzha.windows.__file__).parent
tags = st.integers(0, 2**31 - 1) | st.integers(0, 7)


@given(st.lists(st.tuples(tags, st.integers(0, LOW)), max_size=14, unique=True), st.data())
def test_a_table_holds_what_was_put_in_and_not_taken_out(slots: list[tuple[int, int]], data: st.DataObject) -> None:
    table = np.full(16, NONE, np.int64)
    for tag, number in slots:
        insert(table, 15, tag, number)
    gone = data.draw(st.lists(st.sampled_from(slots), unique=True)) if slots else []
    assert all(delete(table, 15, tag, number) for tag, number in gone)
    assert not any(delete(table, 15, tag, number) for tag, number in gone)
    left = set(slots) - set(gone)
    assert {(int(slot) >> 32, int(slot) & LOW) for slot in table if slot != NONE} == left
    larger = np.full(64, NONE, np.int64)
    move(table, larger)
    assert all(delete(larger, 63, tag, number) for tag, number in left)
    assert (larger == NONE).all()


def test_hashes_differ_by_seed_and_by_order() -> None:
    one, other = np.uint64(1), np.uint64(2)
    assert mix_hash(one, 5) != mix_hash(other, 5)
    assert mix_hash(mix_hash(one, 5), 6) != mix_hash(mix_hash(one, 6), 5)


def test_kernels_reach_memory_by_its_address() -> None:
    def write(address: int, words: int) -> int:
        memory = pointer_behind(pointer_to(address), words)
        memory[0] = 77
        return int(memory[1])

    numbers = np.arange(5, dtype=np.int64)
    assert compiled(write)(numbers.ctypes.data, 2) == 3
    assert list(numbers) == [0, 1, 77, 3, 4]


@given(st.integers(-(2**45), 2**45))
def test_a_day_begins_at_midnight_in_china(moment: int) -> None:
    begin = day_of(moment)
    assert begin <= moment < begin + DAY_MS
    assert (begin + 8 * 3_600_000) % DAY_MS == 0


def test_the_constants_of_kernels_are_those_of_facts() -> None:
    assert (fanzha.windows.DAY_MS, fanzha.windows.CHINA_MS, fanzha.windows.UNKNOWN) == (DAY_MS, CHINA_MS, UNKNOWN)


def test_whatever_a_kernel_reads_renames_the_cache_when_it_changes() -> None:
    """Constants are compiled in, so that each file a kernel imports from must count in the name of numba's cache."""
    for source in (ROOM / "_kernel").glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fanzha.windows"):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                files = [ROOM.parents[1] / Path(*name.split(".")) for name in [*names, str(node.module)]]
                found = next(file.with_suffix(".py") for file in files if file.with_suffix(".py").is_file())
                assert "base.kernels" in found.read_text(), f"{source.name} reads {found.name}"
