"""A mapped snapshot answers as a dict would: one by one, in batches, and after any deltas."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import base, delta, entries

from fanzha.claims.snapshot import SnapshotEntry, number_key
from fanzha.claims.verdict import Level
from fanzha.screen.mapped_snapshot import MappedSnapshot

#: Few values, so that deltas change what is there: with keys and without, twelve and over fifteen digits.
SUBJECTS = st.tuples(
    st.sampled_from(["phone_number", "sender"]),
    st.sampled_from(["+8617000000001", "+8617000000002", "110", "95588", "106900000000000001", "0571", "+999"]),
)
LISTED = st.dictionaries(SUBJECTS, entries)
CHANGED = st.dictionaries(SUBJECTS, st.none() | entries)


@given(LISTED, st.lists(CHANGED, max_size=3), SUBJECTS)
def test_any_snapshot_is_a_dict(
    listed: dict[tuple[str, str], SnapshotEntry],
    changes: list[dict[tuple[str, str], SnapshotEntry | None]],
    unlisted: tuple[str, str],
) -> None:
    first = base(listed)
    files, expected = [first], dict[tuple[str, str], SnapshotEntry | None](listed)
    for item in changes:
        files.append(delta(first, files[-1], item))
        expected |= item
    mapped = MappedSnapshot(first, files[1:])
    subjects = [*expected, unlisted]
    assert {item: mapped.look_up(*item) for item in subjects} == {item: expected.get(item) for item in subjects}
    numbers = [value for kind, value in subjects if kind == "phone_number" and number_key(value)]
    rows = mapped.find_profiles(np.array([number_key(item) for item in numbers], np.uint64))
    assert [mapped.entry(int(row)) for row in rows] == [mapped.number(item) for item in numbers]


def test_numbers_whose_profile_is_rare_are_found_alike() -> None:
    listed = {
        ("phone_number", f"+86170{index:08}"): SnapshotEntry(Level.WATCH, organization=f"made-up organisation {index}")
        for index in range(17_000)
    }
    mapped = MappedSnapshot(base(listed))
    rows = mapped.find_profiles(np.array([number_key(value) for _, value in listed], np.uint64))
    assert [mapped.entry(int(row)) for row in rows] == list(listed.values())
    assert all(mapped.number(value) == entry for (_, value), entry in listed.items())
    assert mapped.number("+8617000099999") is None


def test_nothing_is_listed_under_no_key() -> None:
    mapped = MappedSnapshot(base({}))
    assert mapped.key(0) is None and mapped.find_profiles(np.zeros(2, np.uint64)).tolist() == [0, 0]


def test_kernels_see_what_python_sees() -> None:
    first = base({("phone_number", "+8617000000001"): SnapshotEntry(Level.WATCH)})
    mapped = MappedSnapshot(first, [delta(first, first, {("phone_number", "+8617000000001"): None})])
    mapped.warm()
    assert not mapped.profiles.flags.writeable
    assert not any(rows.flags.writeable for rows in (mapped.tables.numbers, mapped.tables.changed))
    assert mapped.profile(8617000000001) == 0 == mapped.find_profiles(np.array([8617000000001], np.uint64))[0]
