"""A delta of what changes turns any state into any other, and says nothing of what stays."""

from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import AT, SALT, base, delta, entries

from fanzha.claims.contents_builder import ContentsBuilder, build_contents
from fanzha.claims.delta import compute_delta, compute_list_delta
from fanzha.claims.snapshot import (
    Contents,
    ProtectedNumber,
    SnapshotEntry,
    SnapshotFile,
    SnapshotHead,
    compile_base,
    compile_delta,
)
from fanzha.claims.snapshot_format.lists import protected_section
from fanzha.claims.snapshot_state import SnapshotState
from fanzha.claims.url_expressions import url_hash
from fanzha.claims.verdict import Level
from fanzha.screen.mapped_snapshot import MappedSnapshot

SUBJECTS = st.tuples(
    st.sampled_from(["phone_number", "host"]), st.sampled_from(["+861", "+862", "95588", "0571", "10690000000000001"])
)
LISTED = st.dictionaries(SUBJECTS, entries)


def with_changes(before: SnapshotState, wanted: Contents) -> MappedSnapshot:
    head = SnapshotHead(
        what="delta",
        sequence=before.head.sequence + 1,
        created_at=AT,
        salt=SALT,
        base=before.base.identity,
        before=before.identities[-1],
    )
    data = b"".join(compile_delta(compute_delta(before, wanted).contents, head))
    return MappedSnapshot(before.base, [*before.deltas, SnapshotFile(memoryview(data), "changes")])


@given(LISTED, st.dictionaries(SUBJECTS, st.none() | entries), LISTED)
def test_any_state_becomes_any_other(
    first: dict[tuple[str, str], SnapshotEntry],
    then: dict[tuple[str, str], SnapshotEntry | None],
    wanted: dict[tuple[str, str], SnapshotEntry],
) -> None:
    start = base(first)
    before = SnapshotState(start, [delta(start, start, then)])
    mapped = with_changes(before, build_contents(wanted))
    asked = first | then | wanted
    assert {one: mapped.look_up(*one) for one in asked} == {one: wanted.get(one) for one in asked}
    known = first | then
    differing = sum(known.get(one) != wanted.get(one) for one in asked)
    assert compute_delta(before, build_contents(wanted)).subjects == differing


def test_nothing_changes_where_the_same_is_wanted() -> None:
    subjects = {("phone_number", "+861"): SnapshotEntry(Level.WATCH), ("host", "a"): SnapshotEntry(Level.WATCH)}
    lists = protected_section([ProtectedNumber("95588", "虚构", "made up")])
    found = compute_delta(SnapshotState(base(subjects, lists)), build_contents(subjects, lists))
    assert (found.subjects, found.lists, len(found.contents.keys)) == (0, 0, 0)


def test_a_list_that_differs_is_replaced_whole() -> None:
    before = SnapshotState(base({}, protected_section([ProtectedNumber("95588", "虚构", "made up")])))
    wanted = build_contents({}, protected_section([ProtectedNumber("110", "警察", "police")]))
    assert compute_delta(before, wanted).lists == 1
    assert [*with_changes(before, wanted).lists.protected] == ["110"]
    assert [*with_changes(before, build_contents({})).lists.protected] == ["95588"]


def test_links_are_replaced_when_any_of_them_says_something_else() -> None:
    def with_url(level: Level) -> Contents:
        listing = ContentsBuilder()
        listing.add_urls({"fraud.example/": SnapshotEntry(level)})
        return listing.build()

    head = SnapshotHead(what="base", sequence=1, created_at=AT, salt=SALT)
    before = SnapshotState(SnapshotFile(memoryview(b"".join(compile_base(with_url(Level.WATCH), head))), "urls"))
    assert compute_delta(before, with_url(Level.WATCH)).lists == 0
    found = with_changes(before, with_url(Level.SUSPECTED)).urls(url_hash("fraud.example/")[:4])
    assert [entry.level for _, entry in found] == [Level.SUSPECTED]


def test_lists_alone_may_change_and_subjects_stay() -> None:
    number, kept = ProtectedNumber("95588", "虚构", "made up"), ("phone_number", "+861")
    start = base({kept: SnapshotEntry(Level.WATCH)}, protected_section([number]))
    assert not compute_list_delta(SnapshotState(start), protected_section([number])).lists
    contents = compute_list_delta(SnapshotState(start), protected_section([]))
    assert len(contents.lists) == 1 and len(contents.keys) == 0
    head = SnapshotHead(
        what="delta", sequence=start.head.sequence + 1, created_at=AT, salt=SALT, base=start.identity,
        before=start.identity,
    )  # fmt: skip
    mapped = MappedSnapshot(start, [SnapshotFile(memoryview(b"".join(compile_delta(contents, head))), "lists")])
    assert mapped.look_up(*kept) == SnapshotEntry(Level.WATCH) and not mapped.lists.protected
