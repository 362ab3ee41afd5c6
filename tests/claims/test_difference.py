"""Two states differ by what their subjects mean, not by how files number it; too great a difference needs a word."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import AT, SALT, base, delta, entries

from fanzha.claims.allowlist import AllowlistEntry, OriginKind
from fanzha.claims.contents_builder import ContentsBuilder
from fanzha.claims.difference import Difference, Limits, compare_states
from fanzha.claims.snapshot import (
    AllocatedRange,
    InboundOnly,
    SectionData,
    SnapshotEntry,
    SnapshotFile,
    SnapshotHead,
    compile_base,
)
from fanzha.claims.snapshot_format.lists import inbound_only_sections, ranges_sections, spared_section
from fanzha.claims.snapshot_state import SnapshotState
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level

REFUSED = SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE)
LABELLED = SnapshotEntry(Level.SUSPECTED, Treatment.LABEL)
SUBJECTS = st.tuples(st.sampled_from(["phone_number", "host"]), st.sampled_from(["+861", "+862", "+863", "95588", "0"]))
LISTED = st.dictionaries(SUBJECTS, entries)


def refuses(entry: SnapshotEntry | None) -> bool:
    return entry is not None and any(one.treatment is Treatment.REFUSE and not one.simulated for one in entry.scopes())


def told(
    before: Mapping[tuple[str, str], SnapshotEntry | None], after: Mapping[tuple[str, str], SnapshotEntry | None]
) -> list[int]:
    pairs = [(before.get(one), after.get(one)) for one in {**before, **after}]
    return [
        sum(then is None and now is not None for then, now in pairs),
        sum(then is not None and now is None for then, now in pairs),
        sum(None not in (then, now) and then != now for then, now in pairs),
        sum(refuses(now) and not refuses(then) for then, now in pairs),
        sum(refuses(then) and not refuses(now) for then, now in pairs),
    ]


def counts(found: Difference) -> list[int]:
    return [found.added, found.removed, found.changed, found.newly_refused, found.no_longer_refused]


@given(LISTED, LISTED)
def test_bases_differ_as_dicts_do(
    before: dict[tuple[str, str], SnapshotEntry], after: dict[tuple[str, str], SnapshotEntry]
) -> None:
    assert counts(compare_states(SnapshotState(base(before)), SnapshotState(base(after)))) == told(before, after)
    assert counts(compare_states(None, SnapshotState(base(after)))) == told({}, after)


@given(LISTED, st.lists(st.dictionaries(SUBJECTS, st.none() | entries), min_size=1, max_size=3))
def test_deltas_differ_as_dicts_do(
    first: dict[tuple[str, str], SnapshotEntry], changes: list[dict[tuple[str, str], SnapshotEntry | None]]
) -> None:
    files, known = [base(first)], [dict[tuple[str, str], SnapshotEntry | None](first)]
    for one in changes:
        files.append(delta(files[0], files[-1], one))
        known.append(known[-1] | one)
    states = [SnapshotState(files[0], files[1:count]) for count in range(1, len(files) + 1)]
    assert counts(compare_states(states[0], states[-1])) == told(known[0], known[-1])
    assert counts(compare_states(states[-2], states[-1])) == told(known[-2], known[-1])
    assert counts(compare_states(states[-1], states[0])) == told(known[-1], known[0])
    folded = SnapshotState(files[0], [delta(files[0], files[0], known[-1] | dict.fromkeys({*known[0]} - {*known[-1]}))])
    assert counts(compare_states(states[-2], folded)) == told(known[-2], known[-1])
    assert counts(compare_states(states[-1], SnapshotState(base(known[0])))) == told(known[-1], known[0])


def test_listed_urls_count_as_subjects() -> None:
    def with_urls(**urls: SnapshotEntry) -> SnapshotState:
        listing = ContentsBuilder()
        listing.add_urls({f"{name}.example/": entry for name, entry in urls.items()})
        head = SnapshotHead(what="base", sequence=1, created_at=AT, salt=SALT)
        return SnapshotState(SnapshotFile(memoryview(b"".join(compile_base(listing.build(), head))), "urls"))

    found = compare_states(with_urls(a=LABELLED, b=REFUSED), with_urls(a=REFUSED, c=LABELLED))
    assert (counts(found), found.refused, found.lists) == ([1, 1, 1, 1, 1], 1, ("urls",))


def with_lists(lists: list[SectionData]) -> SnapshotState:
    return SnapshotState(base({}, lists))


def test_lists_that_let_fewer_calls_pass_count_as_refusals() -> None:
    salt = bytes.fromhex(SALT)
    spared = AllowlistEntry("110", OriginKind.TRUNK, "T", "police", "made up")
    ranges = [
        AllocatedRange("1700000", "", "", "", "", None, None),
        AllocatedRange("1700001", "", "", "", "", None, None),
    ]
    before = with_lists([*spared_section([spared]), *inbound_only_sections([], salt), *ranges_sections(ranges, salt)])
    inbound = [InboundOnly("95588", "a made-up bank", "its request")]
    left = [AllocatedRange("17000000", "", "", "", "", None, None), ranges[1]]
    after = with_lists([*spared_section([]), *inbound_only_sections(inbound, salt), *ranges_sections(left, salt)])
    found = compare_states(before, after)
    assert (found.spared_lost, found.inbound_only_added, found.unallocated) == (1, 1, 10_000)
    assert found.refuses_more == 10_002
    assert found.lists == ("spared", "inbound_only_entries", "range_entries")
    assert compare_states(before, before).refuses_more == 0


def test_a_range_inside_another_is_still_allocated() -> None:
    salt = bytes.fromhex(SALT)
    wide, narrow = (
        AllocatedRange("1700", "", "", "", "", None, None),
        AllocatedRange("17000", "", "", "", "", None, None),
    )
    found = compare_states(with_lists(ranges_sections([narrow, wide], salt)), with_lists(ranges_sections([wide], salt)))
    assert found.unallocated == 0


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Difference(newly_refused=100), 0),
        (Difference(newly_refused=101), 1),
        (Difference(newly_refused=101, numbers_before=10_100), 0),
        (Difference(inbound_only_added=60, spared_lost=60), 1),
        (Difference(no_longer_refused=100, refused=100), 0),
        (Difference(no_longer_refused=101, refused=150), 1),
        (Difference(no_longer_refused=101, refused=1_000), 0),
        (Difference(newly_refused=500, no_longer_refused=500, refused=500), 2),
    ],
)
def test_limits_say_in_both_languages_why_a_difference_is_too_great(found: Difference, words: int) -> None:
    said = Limits().exceeded(found)
    assert len(said) == words and all(one.zh and one.en for one in said)


def test_ten_thousand_numbers_compare_in_pieces() -> None:
    def many(first: int) -> SnapshotState:
        listing = ContentsBuilder()
        listing.add_keys(np.arange(first, first + 10_000, dtype=np.uint64), REFUSED)
        head = SnapshotHead(what="base", sequence=1, created_at=AT, salt=SALT)
        return SnapshotState(SnapshotFile(memoryview(b"".join(compile_base(listing.build(), head))), "many"))

    assert counts(compare_states(many(8617000000000), many(8617000001000))) == [1_000, 1_000, 0, 1_000, 1_000]
