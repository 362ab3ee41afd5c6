"""Whatever a base and its deltas say, one delta or a new base made of them says too, of every subject and list."""

from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import AT, SALT, base, delta, entries

from fanzha.claims.contents_builder import ContentsBuilder
from fanzha.claims.delta_merge import changes_since, merge_all, merge_deltas
from fanzha.claims.snapshot import (
    Contents,
    ProtectedNumber,
    SnapshotEntry,
    SnapshotFile,
    SnapshotHead,
    check,
    compile_base,
    compile_delta,
)
from fanzha.claims.snapshot_format.lists import protected_section
from fanzha.claims.snapshot_state import SnapshotState
from fanzha.claims.url_expressions import url_hash
from fanzha.claims.verdict import Level
from fanzha.screen.mapped_snapshot import MappedSnapshot

Subject = tuple[str, str]
SUBJECTS = st.tuples(
    st.sampled_from(["phone_number", "host"]), st.sampled_from(["+861", "+862", "95588", "0571", "10690000000000001"])
)
LISTED = st.dictionaries(SUBJECTS, entries)
CHANGES = st.lists(st.dictionaries(SUBJECTS, st.none() | entries), max_size=3)


def chained(first: dict[Subject, SnapshotEntry], changes: list[dict[Subject, SnapshotEntry | None]]) -> MappedSnapshot:
    files = [base(first)]
    for one in changes:
        files.append(delta(files[0], files[-1], one))
    return MappedSnapshot(files[0], files[1:])


def as_delta(state: SnapshotState, contents: Contents, before: SnapshotFile) -> SnapshotFile:
    sequence = state.head.sequence + 1
    head = SnapshotHead(
        what="delta", sequence=sequence, created_at=AT, salt=SALT, base=state.base.identity, before=before.identity
    )
    file = SnapshotFile(memoryview(b"".join(compile_delta(contents, head))), "folded")
    check(file)
    return file


def as_base(contents: Contents) -> MappedSnapshot:
    head = SnapshotHead(what="base", sequence=9, created_at=AT, salt=SALT)
    file = SnapshotFile(memoryview(b"".join(compile_base(contents, head))), "whole")
    check(file)
    return MappedSnapshot(file)


@given(LISTED, CHANGES)
def test_deltas_become_one_and_a_state_becomes_a_base(
    first: dict[Subject, SnapshotEntry], changes: list[dict[Subject, SnapshotEntry | None]]
) -> None:
    state = chained(first, changes)
    one, anew = (
        MappedSnapshot(state.base, [as_delta(state, merge_deltas(state), state.base)]),
        as_base(merge_all(state)),
    )
    for subject in {*first, *(each for change in changes for each in change)}:
        assert one.look_up(*subject) == anew.look_up(*subject) == state.look_up(*subject)
    assert anew.base.head.facts["numbers"] + anew.base.head.facts["others"] == sum(
        state.look_up(*each) is not None for each in {*first, *(each for change in changes for each in change)}
    )


@given(LISTED, CHANGES, LISTED, st.booleans())
def test_what_came_after_a_state_is_laid_over_another_base(
    first: dict[Subject, SnapshotEntry],
    changes: list[dict[Subject, SnapshotEntry | None]],
    other: dict[Subject, SnapshotEntry],
    fold: bool,
) -> None:
    then, now, anew = chained(first, changes[:1]), chained(first, changes), base(other)
    asked = {*first, *other, *(each for change in changes for each in change)}
    expected = {one: now.look_up(*one) if then.look_up(*one) != now.look_up(*one) else other.get(one) for one in asked}
    if fold:
        now = MappedSnapshot(now.base, [as_delta(now, merge_deltas(now), now.base)])
    over = MappedSnapshot(anew, [as_delta(SnapshotState(anew), changes_since(now, then), anew)])
    assert {one: over.look_up(*one) for one in asked} == expected


def test_lists_and_links_stay_as_the_newest_has_them() -> None:
    listing = ContentsBuilder()
    listing.add_urls({"fraud.example/": SnapshotEntry(Level.SUSPECTED), "other.example/": SnapshotEntry(Level.WATCH)})
    old = protected_section([ProtectedNumber("95588", "虚构", "made up")])
    start = base({("host", "a"): SnapshotEntry(Level.WATCH)}, old)
    new = listing.build(protected_section([ProtectedNumber("110", "警察", "police")]))
    state = MappedSnapshot(start, [as_delta(SnapshotState(start), new, start)])
    hashed = url_hash("fraud.example/")
    for one in (MappedSnapshot(start, [as_delta(state, merge_deltas(state), start)]), as_base(merge_all(state))):
        assert [*one.lists.protected] == ["110"]
        assert one.urls(hashed[:4]) == [(hashed, SnapshotEntry(Level.SUSPECTED))]
    assert MappedSnapshot(start).lists.protected.keys() == {"95588"}


def test_a_list_of_links_that_became_empty_stays_empty() -> None:
    full, empty = ContentsBuilder(), ContentsBuilder()
    full.add_urls({"fraud.example/": SnapshotEntry(Level.SUSPECTED)})
    empty.add_urls({})
    start = as_base(full.build()).base
    state = MappedSnapshot(start, [as_delta(SnapshotState(start), empty.build(), start)])
    for one in (MappedSnapshot(start, [as_delta(state, merge_deltas(state), start)]), as_base(merge_all(state))):
        assert one.urls(url_hash("fraud.example/")[:4]) == []


def test_a_list_that_came_later_is_carried_and_one_that_did_not_is_left_to_the_new_base() -> None:
    listing = ContentsBuilder()
    listing.add_urls({"fraud.example/": SnapshotEntry(Level.SUSPECTED)})
    start = base({}, protected_section([ProtectedNumber("95588", "虚构", "made up")]))
    then = MappedSnapshot(start, [as_delta(SnapshotState(start), listing.build(), start)])
    listing.add_urls({"fraud.example/": SnapshotEntry(Level.WATCH)})
    now = MappedSnapshot(start, [*then.deltas, as_delta(then, listing.build(), then.files[-1])])
    anew = as_base(ContentsBuilder().build(protected_section([ProtectedNumber("110", "警察", "police")])))
    same = as_delta(now, merge_deltas(now), start)
    for state, level in ((now, Level.WATCH), (MappedSnapshot(start, [same]), Level.WATCH)):
        over = MappedSnapshot(anew.base, [as_delta(anew, changes_since(state, then), anew.base)])
        assert [entry.level for _, entry in over.urls(url_hash("fraud.example/")[:4])] == [level]
        assert [*over.lists.protected] == ["110"]
    assert changes_since(MappedSnapshot(start, [same]), now).urls is None
