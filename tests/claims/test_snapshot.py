"""Contents become the same bytes in any order, and what does not fit together is refused before it is used."""

import re
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import base, delta, entries

from fanzha.claims.contents_builder import build_contents
from fanzha.claims.snapshot import (
    DamagedSnapshot,
    SectionData,
    SnapshotEntry,
    SnapshotFile,
    check,
    check_succession,
    compile_base,
)
from fanzha.claims.snapshot_format.container import write
from fanzha.claims.verdict import Level

SUBJECTS = st.tuples(st.sampled_from(["phone_number", "host"]), st.from_regex(r"\+?[1-9][0-9]{0,16}", fullmatch=True))
LISTED = st.dictionaries(SUBJECTS, entries, max_size=30)
WATCHED = {("phone_number", "+8617000000001"): SnapshotEntry(Level.WATCH)}


@given(LISTED, st.randoms())
def test_the_same_contents_give_the_same_bytes(
    listed: dict[tuple[str, str], SnapshotEntry], draw: "np.random.Generator"
) -> None:
    mixed = list(listed.items())
    draw.shuffle(mixed)
    assert bytes(base(dict(mixed)).data) == bytes(base(listed).data)


def test_profiles_that_do_not_fit_14_bits_are_kept_too() -> None:
    listed = {
        ("phone_number", f"+86170{place:08}"): SnapshotEntry(Level.WATCH, organization=f"made-up organisation {place}")
        for place in range(17_000)
    }
    file = base(listed)
    check(file)
    assert file.section("spilled").used == 17_000 - (1 << 14) + 1
    assert file.head.facts == {"numbers": 17_000, "others": 0, "urls": 0, "profiles": 17_000, "refused": 0}


def test_a_number_that_stands_twice_is_refused() -> None:
    one = build_contents(WATCHED)
    twice = one._replace(keys=np.repeat(one.keys, 2), rows=np.repeat(one.rows, 2))
    with pytest.raises(ValueError, match="duplicate key"):
        compile_base(twice, base({}).head)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("words", SectionData("words", b"\xc1")),
        ("words", SectionData("words", msgspec.msgpack.encode([]))),
        ("profiles", SectionData("profiles", np.ones((2, 11), np.int64), 11)),
        ("numbers", SectionData("numbers", np.full((2_000, 1), 9, np.uint64), 1, 3, 100, 2_000)),
        ("spilled", SectionData("spilled", np.zeros((10, 2), np.uint64), 2, 3, 10, 0)),
        ("others", SectionData("others", np.zeros((2, 2), np.uint64), 2, 3, 1, 0)),
    ],
)
def test_what_does_not_fit_together_is_refused_though_its_digests_do(name: str, data: SectionData) -> None:
    file = base(WATCHED)
    kept = [
        data if one.name == name else SectionData(one.name, bytes(file.section_bytes(one.name)), *_figures(one))
        for one in file.head.sections
    ]
    with pytest.raises(DamagedSnapshot):
        check(SnapshotFile(memoryview(b"".join(write(file.head, kept))), "made up"))


def _figures(one: object) -> tuple[int, int, int, int]:
    section = msgspec.to_builtins(one)
    return section["words"], section["multiplier"], section["places"], section["used"]


def test_a_delta_follows_what_was_published_before_it() -> None:
    first = base(WATCHED)
    second = delta(first, first, {})
    third = delta(first, second, {})
    check_succession(second, first, first)
    check_succession(third, first, second)
    with pytest.raises(DamagedSnapshot, match="does not follow"):
        check_succession(third, first, first)
    with pytest.raises(DamagedSnapshot, match="none of"):
        check_succession(second, base({}), first)


def test_a_delta_may_name_only_its_own_profiles() -> None:
    first = base({})
    file = delta(first, first, WATCHED)
    check(file)
    kept = [
        SectionData(one.name, np.array([[5, 9]], np.uint64), 2)
        if one.name == "changed_numbers"
        else SectionData(one.name, bytes(file.section_bytes(one.name)), *_figures(one))
        for one in file.head.sections
    ]
    with pytest.raises(DamagedSnapshot):
        check(SnapshotFile(memoryview(b"".join(write(file.head, kept))), "made up"))


def test_contents_may_be_empty() -> None:
    check(base({}))


def test_the_example_of_the_reference_page_runs() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "reference" / "snapshot.md"
    (example,) = re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    exec(compile(example, str(page), "exec"), {})
