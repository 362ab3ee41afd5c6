"""Snapshots are published whole or not at all, in one sequence, and never too different without somebody's word."""

import os
import stat
from pathlib import Path

import pytest
from tests.claims.snapshots import AT

from fanzha.base.errors import UsageError
from fanzha.claims.contents_builder import build_contents
from fanzha.claims.difference import Limits
from fanzha.claims.snapshot import Approval, SnapshotEntry, check
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.store import snapshots as room
from fanzha.store.snapshots import ChangeLimitExceeded, SnapshotStore

ONE, OTHER = ("phone_number", "+8617000000001"), ("host", "a.example")
WATCHED, REFUSED = SnapshotEntry(Level.WATCH), SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE)
MANY = {("phone_number", f"+861700000{place:04}"): REFUSED for place in range(101)}
WORD = Approval("a made-up operator", "looked at it", AT)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


def entries(*subjects: tuple[str, str]) -> list[SnapshotEntry | None]:
    state = SnapshotStore().state()
    assert state is not None
    mapped = MappedSnapshot(state.base, state.deltas)
    return [mapped.look_up(*one) for one in subjects]


def test_a_base_is_published_and_found(home: Path) -> None:
    published = SnapshotStore().publish_base(
        build_contents({ONE: WATCHED, OTHER: WATCHED}), at=AT, by="a made-up carrier"
    )
    assert entries(ONE, OTHER) == [WATCHED, WATCHED]
    assert (published.current.sequence, published.difference.added) == (1, 2)
    state = SnapshotStore().state()
    assert state is not None
    check(state.base)
    assert state.head.organization == "a made-up carrier"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (home / "snapshots").iterdir()}
    assert modes == {0o600}


def test_deltas_follow_in_one_sequence_and_a_base_ends_them() -> None:
    store = SnapshotStore()
    store.publish_base(build_contents({ONE: WATCHED}), at=AT)
    store.publish_delta({ONE: None, OTHER: WATCHED}, at=AT + 1)
    third = store.publish_delta({OTHER: None}, at=AT + 2)
    assert entries(ONE, OTHER) == [None, None]
    assert (third.current.sequence, len(third.current.deltas), third.difference.removed) == (3, 2, 1)
    fourth = store.publish_base(build_contents({ONE: REFUSED}), at=AT + 3)
    assert (fourth.current.sequence, fourth.current.deltas, fourth.difference.newly_refused) == (4, (), 1)


def test_the_same_contents_are_the_same_bytes_but_for_when_and_which() -> None:
    store = SnapshotStore()
    first = store.publish_base(build_contents({ONE: WATCHED, OTHER: REFUSED}), at=AT).file.read_bytes()
    again = SnapshotStore(store.folder.parent / "elsewhere").publish_base(
        build_contents({OTHER: REFUSED, ONE: WATCHED}), at=AT
    )
    assert again.file.read_bytes() == first


def test_too_many_refusals_at_once_need_a_word_and_change_nothing_without() -> None:
    store = SnapshotStore()
    store.publish_base(build_contents({ONE: WATCHED}), at=AT)
    before = sorted(os.listdir(store.folder))
    with pytest.raises(ChangeLimitExceeded, match="将新拒绝 101(.|\n)*newly refuse 101"):
        store.publish_base(build_contents(MANY), at=AT)
    with pytest.raises(ChangeLimitExceeded, match="将新拒绝 101(.|\n)*newly refuse 101"):
        store.publish_delta(MANY, at=AT)
    assert sorted(os.listdir(store.folder)) == before and entries(ONE) == [WATCHED]
    approved = store.publish_delta(MANY, at=AT, approval=WORD)
    assert approved.difference.newly_refused == 101
    state = store.state()
    assert state is not None and (state.head.approval, state.head.approved) == (WORD, 2)


def test_an_approval_is_remembered_by_what_comes_after_it() -> None:
    store = SnapshotStore()
    store.publish_base(build_contents(MANY), at=AT, approval=WORD)
    store.publish_delta({OTHER: WATCHED}, at=AT)
    store.publish_base(build_contents(MANY), at=AT)
    state = store.state()
    assert state is not None and (state.head.sequence, state.head.approval, state.head.approved) == (3, None, 1)


def test_limits_are_the_operators() -> None:
    SnapshotStore(limits=Limits(newly_refused=101)).publish_base(build_contents(MANY), at=AT)
    with pytest.raises(ChangeLimitExceeded, match="不再拒绝"):
        SnapshotStore(limits=Limits(newly_refused=10)).publish_base(build_contents({}), at=AT)


def test_a_delta_needs_a_base_and_a_base_is_due_after_many_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    store = SnapshotStore()
    with pytest.raises(UsageError, match="no base"):
        store.publish_delta({ONE: WATCHED}, at=AT)
    store.publish_base(build_contents({}), at=AT)
    monkeypatch.setattr(room, "MOST_CHANGES", 3)
    store.publish_delta({ONE: WATCHED, OTHER: WATCHED}, at=AT)
    with pytest.raises(UsageError, match="publish a new base"):
        store.publish_delta({ONE: None, OTHER: None}, at=AT)


def test_confirming_moves_the_time_and_nothing_else() -> None:
    store = SnapshotStore()
    with pytest.raises(UsageError, match="no snapshot"):
        store.confirm(AT)
    published = store.publish_base(build_contents({}), at=AT).current
    assert store.confirm(AT + 5).confirmed_at == AT + 5
    assert store.confirm(AT - 5).confirmed_at == AT + 5
    assert store.current() == type(published)(sequence=1, base=published.base, confirmed_at=AT + 5)


def test_older_bases_go_and_the_one_before_stays() -> None:
    store = SnapshotStore()
    for place in range(4):
        store.publish_base(build_contents({}), at=AT + place)
        store.publish_delta({ONE: WATCHED}, at=AT + place)
    names = sorted(path.name[:14] for path in store.folder.glob("*.snapshot"))
    assert names == ["base-00000005-", "base-00000007-", "delta-00000006", "delta-00000008"]


def test_many_deltas_become_one_and_the_files_of_the_time_before_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_DELTAS", 3)
    store = SnapshotStore()
    store.publish_base(build_contents({ONE: WATCHED}), at=AT, approval=WORD)
    hosts = [("host", f"{place}.example") for place in range(20)]
    for host in hosts:
        served = store.publish_delta({host: WATCHED}, at=AT).current
        assert len(served.deltas) <= 3
    assert entries(ONE, *hosts) == [WATCHED] * 21
    state = store.state()
    assert state is not None and state.head.approved == 1
    assert len(list(store.folder.glob("delta-*"))) <= 2 * 3


def test_what_was_said_while_a_base_was_made_is_served_with_it() -> None:
    store = SnapshotStore()
    store.publish_base(build_contents({ONE: WATCHED}), at=AT)
    before = store.state()
    store.publish_delta({OTHER: REFUSED}, at=AT)
    published = store.publish_base(build_contents({ONE: REFUSED}), at=AT, since=before)
    assert entries(ONE, OTHER) == [REFUSED, REFUSED]
    assert (published.current.sequence, len(published.current.deltas)) == (4, 1)
    assert store.publish_base(build_contents({}), at=AT, since=store.state()).current.deltas == ()


@pytest.mark.parametrize("what", ["pointer", "truncated", "overwritten", "missing"])
def test_a_base_is_built_over_damage_and_compared_with_the_last_intact_one(what: str) -> None:
    store = SnapshotStore()
    store.publish_base(build_contents(MANY), at=AT, approval=WORD)
    store.publish_delta({OTHER: WATCHED}, at=AT)
    damaged = store.publish_base(build_contents(MANY), at=AT)
    if what == "pointer":
        store.pointer.write_bytes(b"garbage")
    elif what == "truncated":
        os.truncate(damaged.file, 100)
    elif what == "overwritten":
        damaged.file.write_bytes(damaged.file.read_bytes()[:-64] + b"x" * 64)
    else:
        damaged.file.unlink()
    new = ("host", "b.example")
    published = store.publish_base(build_contents({new: WATCHED, **MANY}), at=AT, since=store.intact_state())
    assert published.current.sequence > damaged.current.sequence and published.damage
    assert (published.difference.newly_refused, published.difference.added) == (0, 1)  # no approval is due
    assert entries(new) == [WATCHED] and store.publish_delta({new: None}, at=AT).damage == ""


def test_the_intact_files_stay_when_a_base_is_built_over_damage() -> None:
    store = SnapshotStore()
    intact = store.publish_base(build_contents({ONE: WATCHED}), at=AT).file
    os.truncate(store.publish_base(build_contents({}), at=AT).file, 0)
    store.publish_base(build_contents({}), at=AT)
    assert intact.exists()


def test_without_an_intact_file_a_base_needs_the_approval_of_a_first_one() -> None:
    store = SnapshotStore()
    os.truncate(store.publish_base(build_contents(MANY), at=AT, approval=WORD).file, 0)
    with pytest.raises(ChangeLimitExceeded):
        store.publish_base(build_contents(MANY), at=AT)
    assert store.publish_base(build_contents(MANY), at=AT, approval=WORD).current.sequence == 2
