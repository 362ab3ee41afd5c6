"""A follower takes what is new and sound, keeps what it has in every other case, and says which case it was."""

import asyncio
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tests.claims.snapshots import AT

from fanzha.claims.contents_builder import ContentsBuilder, build_contents
from fanzha.claims.difference import Limits
from fanzha.claims.snapshot import Approval, SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.screen import snapshot_follower as room
from fanzha.screen.snapshot_follower import FollowerNotice, SnapshotFault, SnapshotFollower
from fanzha.store.snapshots import SnapshotStore

ONE = ("phone_number", "+8617000000001")
WATCHED, REFUSED = SnapshotEntry(Level.WATCH), SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE)
MANY = {("phone_number", f"+861700000{place:04}"): REFUSED for place in range(101)}
WORD = Approval("a made-up operator", "looked at it", AT)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def store() -> SnapshotStore:
    return SnapshotStore()


def follower(
    store: SnapshotStore, notices: list[FollowerNotice] | None = None, accepted: Path | None = None
) -> SnapshotFollower:
    received = notices if notices is not None else []
    return SnapshotFollower(store.folder, limits=Limits(), oldest_ms=1_000, accepted=accepted, notify=received.append)


def look(snapshots_follower: SnapshotFollower) -> None:
    if snapshots_follower.is_due():
        snapshots_follower.apply(snapshots_follower.load())


def entry(snapshots_follower: SnapshotFollower) -> SnapshotEntry | None:
    assert snapshots_follower.mapped is not None
    return snapshots_follower.mapped.look_up(*ONE)


def test_what_is_published_is_served_and_told(store: SnapshotStore) -> None:
    notices = list[FollowerNotice]()
    snapshots_follower = follower(store, notices)
    look(snapshots_follower)
    assert snapshots_follower.mapped is None and notices == []
    store.publish_base(build_contents({ONE: WATCHED}), at=AT)
    look(snapshots_follower)
    assert entry(snapshots_follower) == WATCHED
    store.publish_delta({ONE: None}, at=AT)
    look(snapshots_follower)
    look(snapshots_follower)
    assert entry(snapshots_follower) is None
    assert [(item.fault, item.sequence) for item in notices] == [(None, 1), (None, 2)]


def test_files_that_are_served_already_are_not_read_again(store: SnapshotStore) -> None:
    store.publish_base(build_contents({ONE: WATCHED}), at=AT)
    snapshots_follower = follower(store)
    look(snapshots_follower)
    before = snapshots_follower.mapped
    store.publish_delta({ONE: None}, at=AT)
    look(snapshots_follower)
    assert (
        before is not None and snapshots_follower.mapped is not None and snapshots_follower.mapped.base is before.base
    )
    store.confirm(AT + 5)
    after = snapshots_follower.mapped
    look(snapshots_follower)
    assert (
        snapshots_follower.mapped is after
        and snapshots_follower.current is not None
        and snapshots_follower.current.confirmed_at == AT + 5
    )


@pytest.mark.parametrize("at", [0, 20, 300, -1])
def test_a_damaged_file_is_refused_and_the_old_one_kept(store: SnapshotStore, at: int) -> None:
    notices = list[FollowerNotice]()
    snapshots_follower = follower(store, notices)
    store.publish_base(build_contents({ONE: WATCHED}), at=AT)
    look(snapshots_follower)
    published = store.publish_base(build_contents({}), at=AT)
    data = bytearray(published.file.read_bytes())
    data[at] ^= 1
    published.file.write_bytes(data)
    look(snapshots_follower)
    assert entry(snapshots_follower) == WATCHED and snapshots_follower.refused_counts[SnapshotFault.DAMAGED] == 1
    assert (
        notices[-1].fault is SnapshotFault.DAMAGED
        and "damaged" in notices[-1].words.en
        and "损坏" in notices[-1].words.zh
    )


def test_a_file_that_is_not_there_yet_is_tried_again(store: SnapshotStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "RETRY_SECONDS", 0.0)
    snapshots_follower = follower(store)
    published = store.publish_base(build_contents({ONE: WATCHED}), at=AT)
    away = published.file.with_name("away")
    shutil.move(published.file, away)
    look(snapshots_follower)
    assert snapshots_follower.mapped is None and snapshots_follower.refused_counts[SnapshotFault.UNREADABLE] == 1
    shutil.move(away, published.file)
    look(snapshots_follower)
    assert entry(snapshots_follower) == WATCHED


def test_a_refused_file_is_not_verified_again_and_again(store: SnapshotStore) -> None:
    snapshots_follower = follower(store)
    store.publish_base(build_contents({}), at=AT).file.unlink()
    look(snapshots_follower)
    look(snapshots_follower)
    assert snapshots_follower.refused_counts[SnapshotFault.UNREADABLE] == 1


def test_an_older_snapshot_is_refused(store: SnapshotStore) -> None:
    snapshots_follower = follower(store)
    store.publish_base(build_contents({ONE: WATCHED}), at=AT)
    old = store.pointer.read_bytes()
    store.publish_base(build_contents({}), at=AT)
    look(snapshots_follower)
    store.pointer.write_bytes(old)
    look(snapshots_follower)
    assert entry(snapshots_follower) is None and snapshots_follower.refused_counts[SnapshotFault.OLDER] == 1


def test_garbage_in_place_of_the_pointer_is_refused(store: SnapshotStore) -> None:
    snapshots_follower = follower(store)
    store.publish_base(build_contents({ONE: WATCHED}), at=AT)
    look(snapshots_follower)
    store.pointer.write_bytes(b"garbage")
    look(snapshots_follower)
    assert entry(snapshots_follower) == WATCHED and snapshots_follower.refused_counts[SnapshotFault.UNREADABLE] == 1


def test_a_pointer_that_lies_about_its_sequence_is_refused(store: SnapshotStore) -> None:
    snapshots_follower = follower(store)
    snapshots_follower.apply(snapshots_follower.load())
    published = store.publish_base(build_contents({ONE: WATCHED}), at=AT).current
    store.pointer.write_bytes(msgspec.json.encode(msgspec.structs.replace(published, sequence=9)))
    look(snapshots_follower)
    assert snapshots_follower.refused_counts[SnapshotFault.DAMAGED] == 1
    assert snapshots_follower.current is not None and snapshots_follower.current.sequence == 1


def test_too_different_a_snapshot_waits_for_an_approval(store: SnapshotStore) -> None:
    notices = list[FollowerNotice]()
    snapshots_follower = follower(store, notices)
    generous = SnapshotStore(limits=Limits(newly_refused=1_000))
    generous.publish_base(build_contents({ONE: WATCHED}), at=AT)
    look(snapshots_follower)
    generous.publish_base(build_contents(MANY), at=AT)
    look(snapshots_follower)
    assert entry(snapshots_follower) == WATCHED and notices[-1].fault is SnapshotFault.DIFFERENT
    assert "101" in notices[-1].words.zh and "101" in notices[-1].words.en
    generous.publish_base(build_contents(MANY), at=AT, approval=WORD)
    generous.publish_delta({("host", "a.example"): WATCHED}, at=AT)  # published before anybody looked
    look(snapshots_follower)
    assert entry(snapshots_follower) == REFUSED


def test_after_a_restart_it_serves_what_it_had_and_compares_with_that(store: SnapshotStore, home: Path) -> None:
    generous = SnapshotStore(limits=Limits(newly_refused=1_000))
    generous.publish_base(build_contents({ONE: WATCHED}), at=AT)
    accepted = home / "accepted"
    snapshots_follower = follower(store, accepted=accepted)
    look(snapshots_follower)
    snapshots_follower.release([])
    generous.publish_base(build_contents(MANY), at=AT)
    again = follower(store, accepted=accepted)
    again.restore_accepted()
    assert entry(again) == WATCHED
    look(again)
    assert entry(again) == WATCHED and again.refused_counts[SnapshotFault.DIFFERENT] == 1


def test_a_restart_without_the_files_begins_anew(store: SnapshotStore, home: Path) -> None:
    published = store.publish_base(build_contents({}), at=AT).current
    (home / "accepted").write_bytes(msgspec.json.encode(msgspec.structs.replace(published, sequence=9)))
    again = follower(store, accepted=home / "accepted")
    again.restore_accepted()
    assert again.mapped is None
    look(again)
    assert again.mapped is not None


def test_age_is_told_once_when_it_begins_and_once_when_it_ends(store: SnapshotStore) -> None:
    notices = list[FollowerNotice]()
    snapshots_follower = follower(store, notices)
    store.publish_base(build_contents({}), at=AT)
    look(snapshots_follower)
    for at in (AT, AT + 1_000, AT + 1_001, AT + 1_002):
        snapshots_follower.check_age(at)
    assert snapshots_follower.too_old and snapshots_follower.age_ms(AT + 1_002) == 1_002
    store.confirm(AT + 1_002)
    look(snapshots_follower)
    snapshots_follower.check_age(AT + 1_003)
    assert not snapshots_follower.too_old and [item.fault for item in notices] == [None] * 3
    assert "小时未确认" in notices[1].words.zh and "fresh again" in notices[2].words.en


def test_one_changed_number_acts_within_two_seconds_while_the_loop_goes_on(store: SnapshotStore) -> None:
    listing = ContentsBuilder()
    listing.add_keys(np.arange(8617000000000, 8617000200000, dtype=np.uint64), WATCHED)
    store.publish_base(listing.build(), at=AT)
    snapshots_follower = follower(store)

    async def watched() -> tuple[float, float]:
        loop, longest = asyncio.get_running_loop(), 0.0
        running = loop.create_task(snapshots_follower.run())
        try:
            while snapshots_follower.mapped is None or entry(snapshots_follower) != WATCHED:
                await asyncio.sleep(0.005)
            began = loop.time()
            await loop.run_in_executor(None, lambda: store.publish_delta({ONE: REFUSED}, at=AT))
            while entry(snapshots_follower) != REFUSED:
                before = loop.time()
                await asyncio.sleep(0.005)
                longest = max(longest, loop.time() - before)
            return loop.time() - began, longest
        finally:
            running.cancel()

    took, longest = asyncio.run(watched())
    assert took < 2 and longest < 1


def damage(path: Path) -> None:
    """Overwrite the middle of a file in place."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"damage")


def test_a_file_truncated_while_it_is_served_changes_nothing(store: SnapshotStore) -> None:
    published = store.publish_base(build_contents({ONE: WATCHED}), at=AT)
    snapshots_follower = follower(store)
    look(snapshots_follower)
    with published.file.open("r+b") as file:
        file.truncate(0)
    assert entry(snapshots_follower) == WATCHED
    assert snapshots_follower.mapped is not None
    assert len(list(snapshots_follower.mapped.number_keys())) > 0  # reads every page


@pytest.mark.parametrize("what", ["base", "pointer", "missing base"])
def test_after_a_restart_a_damaged_snapshot_is_replaced_by_the_one_accepted_before(
    store: SnapshotStore, home: Path, what: str
) -> None:
    accepted = home / "accepted"
    snapshots_follower = follower(store, accepted=accepted)
    for listed in ({ONE: WATCHED}, {ONE: REFUSED}):
        published = store.publish_base(build_contents(listed), at=AT)
        look(snapshots_follower)
        snapshots_follower.release([])
    if what == "pointer":
        store.pointer.write_bytes(b"garbage")
        accepted.write_bytes(b"garbage")
    elif what == "base":
        damage(published.file)
    else:
        published.file.unlink()
    notices = list[FollowerNotice]()
    restarted = follower(store, notices, accepted)
    restarted.restore_accepted()
    look(restarted)
    assert entry(restarted) == WATCHED and restarted.is_fallback
    assert "snapshot 1 is served instead" in notices[-1].words.en and "fanzha snapshot build" in notices[-1].words.en
    assert "沿用快照 1" in notices[-1].words.zh
    store.publish_base(build_contents({ONE: REFUSED}), at=AT)
    look(restarted)
    assert entry(restarted) == REFUSED and not restarted.is_fallback


@pytest.mark.parametrize("what", ["base", "pointer"])
def test_a_new_screen_takes_what_the_intact_files_make(store: SnapshotStore, what: str) -> None:
    store.publish_base(build_contents({ONE: WATCHED}), at=AT)
    store.publish_delta({ONE: REFUSED}, at=AT)
    published = store.publish_base(build_contents({}), at=AT)
    damage(published.file if what == "base" else store.pointer)
    snapshots_follower = follower(store)
    look(snapshots_follower)
    assert entry(snapshots_follower) == (REFUSED if what == "base" else None) and snapshots_follower.is_fallback


def test_what_needs_an_approval_is_no_fallback_for_a_new_screen(store: SnapshotStore) -> None:
    generous = SnapshotStore(limits=Limits(newly_refused=1_000))
    generous.publish_base(build_contents({ONE: WATCHED}), at=AT)
    generous.publish_base(build_contents(MANY), at=AT)
    store.pointer.write_bytes(b"garbage")
    snapshots_follower = follower(store)
    look(snapshots_follower)
    assert entry(snapshots_follower) == WATCHED


def test_without_an_intact_file_nothing_is_served_and_the_notice_says_what_to_do(store: SnapshotStore) -> None:
    notices = list[FollowerNotice]()
    damage(store.publish_base(build_contents({ONE: WATCHED}), at=AT).file)
    snapshots_follower = follower(store, notices)
    look(snapshots_follower)
    assert snapshots_follower.mapped is None and snapshots_follower.is_fallback
    assert "no snapshot is usable" in notices[-1].words.en and "无可用快照" in notices[-1].words.zh


def test_a_full_disk_does_not_stop_the_following(
    store: SnapshotStore, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError("no space left on device")

    snapshots_follower = follower(store, accepted=home / "accepted")
    store.publish_base(build_contents({ONE: WATCHED}), at=AT)
    look(snapshots_follower)
    monkeypatch.setattr(room, "write_private_file", fail)
    snapshots_follower.release([])
    assert not (home / "accepted").exists()
