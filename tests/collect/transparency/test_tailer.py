"""A tailer reads a log of either protocol, proves what it reads, and counts what it did not see."""

from pathlib import Path

import pytest
from tests.collect.followed_log import SETTINGS, follow
from tests.collect.log_server import MadeLog

from fanzha.store.site_watch import FollowState, GapReason, open_site_watch

pytestmark = pytest.mark.usefixtures("socket_enabled")
both_protocols = pytest.mark.parametrize("is_tiled", [False, True], ids=["queries", "tiles"])
_GAP_REASONS = {310: GapReason.WITHHELD, 311: GapReason.WITHHELD, 420: GapReason.FAILED, 450: GapReason.UNPROVEN}


@pytest.fixture(scope="session")
def full_log() -> MadeLog:
    """Return a log of 600 entries; a test that alters more than its faults and size copies it."""
    made = MadeLog(key="ed25519")
    made.fill(600)
    return made


@pytest.fixture
def made(full_log: MadeLog) -> MadeLog:
    """Return the log as an honest one of 300 entries that signs with another key."""
    copy = MadeLog(key="ecdsa")
    copy.leaves, copy.rows, copy.names = [*full_log.leaves], [*full_log.rows], [*full_log.names]
    copy.levels = [[*level] for level in full_log.levels]
    copy.publish(300)
    return copy


@both_protocols
def test_every_name_is_read_once_while_the_log_grows(made: MadeLog, tmp_path: Path, is_tiled: bool) -> None:
    with follow(made, tmp_path, is_tiled=is_tiled) as followed:
        for size in (300, 301, 512, 600):
            made.publish(size)
            followed.run()
            assert followed.cursor.position == size
        assert followed.missing() == set()
        assert sorted(followed.recorder.names) == followed.expected_names()
        assert followed.cursor.problem == ""


@both_protocols
def test_a_log_is_followed_from_now_on_and_what_came_before_is_a_gap(
    made: MadeLog, tmp_path: Path, is_tiled: bool
) -> None:
    with follow(made, tmp_path, settings=SETTINGS._replace(from_start=False), is_tiled=is_tiled) as followed:
        followed.run()
        made.publish(400)
        followed.run()
        assert [(gap.first, gap.last, gap.reason) for gap in followed.gaps] == [(0, 300, GapReason.BEFORE_START)]
        assert sorted(followed.recorder.names) == followed.expected_names()


def test_gaps_are_what_is_withheld_and_are_filled_when_it_comes(made: MadeLog, tmp_path: Path) -> None:
    with follow(made, tmp_path) as followed:
        followed.run()
        made.publish(600)
        made.withheld, made.failing, made.altered = {310, 311}, {420}, {450}
        followed.run(hours=12)
        reasons = {index: gap.reason for gap in followed.gaps for index in range(gap.first, gap.last)}
        assert reasons == _GAP_REASONS
        assert sorted(followed.recorder.names) == followed.expected_names()
        made.withheld, made.failing, made.altered = set(), set(), set()
        followed.run(hours=100)
        assert followed.missing() == set()
        assert sorted(followed.recorder.names) == followed.expected_names()
        assert followed.cursor.seen == 600


def test_of_a_tile_with_a_wrong_entry_nothing_behind_it_counts_as_seen(made: MadeLog, tmp_path: Path) -> None:
    made.publish(600)
    made.altered = {300}
    with follow(made, tmp_path, is_tiled=True) as followed:
        followed.run(hours=3)
        missing = followed.missing()
        assert 300 in missing
        assert missing <= set(range(256, 512))
        assert {gap.reason for gap in followed.gaps} == {GapReason.UNPROVEN}
        made.altered = set()
        followed.run(hours=40)
        assert followed.missing() == set()
        assert sorted(followed.recorder.names) == followed.expected_names()


@both_protocols
@pytest.mark.parametrize("fault", ["error", "busy", "cut", "longer", "garbage", "close"])
def test_faults_that_pass_leave_no_gap(made: MadeLog, tmp_path: Path, is_tiled: bool, fault: str) -> None:
    with follow(made, tmp_path, is_tiled=is_tiled) as followed:
        made.next_faults = [fault, "", fault, "", fault]
        followed.run(hours=2)
        assert followed.missing() == set()
        assert sorted(followed.recorder.names) == followed.expected_names()
        assert followed.cursor.position == 300


def test_a_log_that_does_not_answer_at_all_only_lags(made: MadeLog, tmp_path: Path) -> None:
    with follow(made, tmp_path) as followed:
        followed.run()
        made.publish(600)
        followed.now += 3_600_000
        followed.tailer.step()  # the new head
        made.next_faults = ["error"] * 100
        for _ in range(30):
            followed.tailer.step()
        assert followed.missing() == set()
        assert followed.store.statuses()[0].waiting == 300
        assert followed.cursor.problem


@both_protocols
@pytest.mark.parametrize("size", [300, 301, 299], ids=["same size", "larger", "smaller"])
def test_two_heads_that_contradict_each_other_stop_the_log(
    made: MadeLog, tmp_path: Path, is_tiled: bool, size: int
) -> None:
    with follow(made, tmp_path, is_tiled=is_tiled) as followed:
        followed.run()
        known = followed.cursor.head
        made.forged_head = (size, bytes(32))
        for _ in range(1 if size == 300 else 6):
            assert followed.cursor.state is FollowState.FOLLOWING
            followed.now += 3_600_000
            followed.tailer.step()
        assert followed.cursor.state is FollowState.FORKED
        (fork,) = followed.store.forks()
        assert fork.known == known.raw
        assert str(size).encode() in fork.other
        asked = len(made.requests)
        followed.now += 3_600_000
        assert followed.tailer.step() > 0
        assert len(made.requests) == asked


@both_protocols
def test_a_head_without_a_proof_is_asked_for_again_before_it_counts_as_a_fork(
    made: MadeLog, tmp_path: Path, is_tiled: bool
) -> None:
    with follow(made, tmp_path, is_tiled=is_tiled) as followed:
        followed.run()
        made.forged_head = (301, bytes(32))
        followed.now += 3_600_000
        for _ in range(10):
            followed.now += 60_000
            followed.tailer.step()
        assert followed.cursor.state is FollowState.FOLLOWING
        assert followed.cursor.problem
        made.forged_head = None
        made.publish(600)
        followed.run()
        assert (followed.cursor.position, followed.cursor.problem) == (600, "")
        assert followed.store.forks() == []


def test_a_head_that_stays_the_same_for_a_day_is_a_problem_until_the_log_goes_on(made: MadeLog, tmp_path: Path) -> None:
    with follow(made, tmp_path) as followed:
        followed.run(hours=3)
        assert followed.cursor.problem == ""
        followed.run(hours=25)
        assert "hours old" in followed.cursor.problem


def test_a_stopped_log_is_followed_again_when_somebody_says_so(made: MadeLog, tmp_path: Path) -> None:
    with follow(made, tmp_path) as followed:
        followed.run()
        made.forged_head = (300, bytes(32))
        followed.now += 3_600_000
        followed.tailer.step()
        made.forged_head = None
        assert followed.store.resume_log(made.log_id)
        assert not followed.store.resume_log(made.log_id)
        made.publish(600)
        followed.run()
        assert followed.cursor.position == 600
        assert len(followed.store.forks()) == 1


def test_an_older_head_is_no_fork(made: MadeLog, tmp_path: Path) -> None:
    with follow(made, tmp_path) as followed:
        followed.run()
        made.publish(200)
        followed.run()
        assert followed.cursor.state is FollowState.FOLLOWING
        assert followed.cursor.head.size == 300


def test_a_backlog_beyond_the_limit_is_passed_over_and_read_when_there_is_time(made: MadeLog, tmp_path: Path) -> None:
    settings = SETTINGS._replace(from_start=False, max_backlog=50)
    with follow(made, tmp_path, settings=settings) as followed:
        followed.run()
        made.publish(600)
        followed.now += 3_600_000
        while followed.cursor.position < 600:
            followed.tailer.step()
        assert {gap.reason for gap in followed.gaps} == {GapReason.BEFORE_START, GapReason.BACKLOG}
        assert followed.missing() == set(range(550))
        followed.run(hours=2)
        assert followed.missing() == set(range(300))
        assert sorted(followed.recorder.names) == followed.expected_names()


def test_an_entry_without_a_certificate_is_a_gap_of_its_own(tmp_path: Path) -> None:
    from tests.collect.made_certificates import MadeEntry

    made = MadeLog()
    made.fill(3)
    made.add_entry(MadeEntry(False, b"no certificate", b""), ())
    made.fill(2)
    made.publish()
    with follow(made, tmp_path) as followed:
        followed.run()
        assert [(gap.first, gap.last, gap.reason) for gap in followed.gaps] == [(3, 4, GapReason.MALFORMED)]
        assert followed.cursor.seen == 5
        assert sorted(followed.recorder.names) == followed.expected_names()


def test_a_head_of_another_key_is_not_followed(made: MadeLog, tmp_path: Path) -> None:
    with follow(made, tmp_path) as followed:
        followed.run()
        made.key = MadeLog().key
        made.publish(600)
        followed.now += 3_600_000
        followed.tailer.step()
        (status,) = followed.store.statuses()
        assert status.size == 300
        assert "signature" in status.problem


def test_another_process_goes_on_where_the_first_one_stopped(made: MadeLog, tmp_path: Path) -> None:
    with follow(made, tmp_path) as first:
        first.now += 3_600_000
        for _ in range(3):
            first.tailer.step()
        assert 0 < first.cursor.position < 300
        names = first.recorder.names
    with follow(made, tmp_path) as second:
        second.run()
        assert sorted(names + second.recorder.names) == second.expected_names()
    with open_site_watch(tmp_path) as store:
        (status,) = store.statuses()
        assert (status.seen, status.missing, status.waiting) == (300, {}, 0)


def test_a_log_that_asks_to_wait_is_left_in_peace(made: MadeLog, tmp_path: Path) -> None:
    with follow(made, tmp_path) as followed:
        followed.tailer.step()
        made.retry_after, made.next_faults = "7", ["busy"]
        assert followed.tailer.step() == 7.0
