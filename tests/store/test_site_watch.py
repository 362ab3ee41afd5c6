"""Cursors, gaps, names and candidates of the watch of new sites change together or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fanzha.store.site_watch import (
    DAY_MS,
    AlertBudget,
    DayCount,
    GapReason,
    KnownHead,
    SiteCandidate,
    SiteWatchStore,
    SubmittedName,
    open_site_watch,
    site_watch_path,
)

LOG = bytes(32)
HEAD = KnownHead(100, b"r" * 32, 5, b"signed")
NOW = 1_793_000_000_000
BUDGET = AlertBudget(per_brand=2, total=3, stored=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SiteWatchStore]:
    with open_site_watch(tmp_path) as opened:
        yield opened


def candidate(subject: str, brand: str = "bank.example", score: float = 0.6) -> SiteCandidate:
    return SiteCandidate(subject, f"www.{subject}", brand, score, "仿冒", "imitates", "{}", "log", "7", NOW)


def test_the_file_is_private(store: SiteWatchStore, tmp_path: Path) -> None:
    assert site_watch_path(tmp_path).stat().st_mode & 0o777 == 0o600


def test_a_transaction_that_fails_leaves_nothing(store: SiteWatchStore) -> None:
    store.add_log(LOG, "log", "https://log.example", HEAD, 40, NOW)
    with pytest.raises(RuntimeError), store.transaction():
        store.advance(LOG, 50, None, 10)
        store.count_names(DayCount(NOW, "log", 5, 5, 0))
        raise RuntimeError
    cursor = store.cursor(LOG)
    assert cursor is not None
    assert (cursor.position, cursor.seen) == (40, 0)
    assert store.day_counts(0) == []


def test_seen_missing_and_waiting_are_the_tree(store: SiteWatchStore) -> None:
    store.add_log(LOG, "log", "https://log.example", HEAD, 40, NOW)
    store.advance(LOG, 60, None, 17)
    store.add_gap(LOG, 44, 46, GapReason.MALFORMED, NOW)
    store.add_gap(LOG, 46, 47, GapReason.MALFORMED, NOW)
    (status,) = store.statuses()
    assert status.missing == {"before_start": 40, "malformed": 3}
    assert status.seen + sum(status.missing.values()) + status.waiting == status.size == 100
    assert [(gap.first, gap.last) for gap in store.gaps(LOG)] == [(0, 40), (44, 47)]


def test_a_gap_is_filled_from_its_beginning_and_asked_for_when_it_is_due(store: SiteWatchStore) -> None:
    store.add_log(LOG, "log", "https://log.example", HEAD, 0, NOW)
    store.advance(LOG, 100, None, 90)
    store.add_gap(LOG, 10, 20, GapReason.WITHHELD, NOW, NOW + 5)
    assert store.due_gap(LOG, NOW) is None
    gap = store.due_gap(LOG, NOW + 5)
    assert gap is not None
    store.fill_gap(LOG, gap, 13, 3)
    gap = store.due_gap(LOG, NOW + 5)
    assert gap is not None
    store.postpone_gap(LOG, gap, 14, NOW + 50)
    assert [(one.first, one.last, one.tries) for one in store.gaps(LOG)] == [(13, 14, 1), (14, 20, 0)]
    gap = store.due_gap(LOG, NOW + 5)
    assert gap is not None
    store.fill_gap(LOG, gap, 20, 6)
    assert store.due_gap(LOG, NOW + 49) is None
    assert store.statuses()[0].missing == {"withheld": 1}


def test_a_name_is_new_once_within_the_horizon(store: SiteWatchStore) -> None:
    assert store.select_new([1, 2, -3, 2], NOW, DAY_MS) == {1, 2, -3}
    assert store.select_new([2, 4], NOW + 5, DAY_MS) == {4}
    assert store.select_new([2], NOW + DAY_MS, DAY_MS) == {2}
    store.purge(NOW + 3 * DAY_MS, DAY_MS, 400)
    assert store.select_new([1], NOW + 5, DAY_MS) == {1}


def test_the_budget_lets_the_strongest_through_and_counts_the_others(store: SiteWatchStore) -> None:
    weak = [candidate(f"a{number}.example", score=0.5 + number / 100) for number in range(5)]
    store.add_candidates(weak, BUDGET, NOW)
    store.add_candidates([candidate("b.example", "post.example"), candidate("c.example", "post.example")], BUDGET, NOW)
    handed_on = [(one.subject, one.is_within) for one in store.candidates()]
    assert handed_on == [
        ("a4.example", True),
        ("a3.example", True),
        ("a2.example", False),
        ("b.example", True),
        ("c.example", False),
    ]
    assert store.budget_counts(NOW // DAY_MS * DAY_MS) == {"bank.example": (2, 3), "post.example": (1, 1)}
    store.add_candidates([candidate("d.example")], BUDGET, NOW + DAY_MS)
    assert store.candidates()[-1].is_within


def test_what_the_site_recorded_is_deleted(store: SiteWatchStore) -> None:
    store.add_candidates([candidate("a.example"), candidate("b.example")], BUDGET, NOW)
    first, second = store.candidates()
    store.acknowledge(first.id)
    assert store.candidates() == [second]


def test_counts_of_a_day_add_up_and_end(store: SiteWatchStore) -> None:
    store.count_names(DayCount(NOW, "log", 5, 4, 1))
    store.count_names(DayCount(NOW + 1, "log", 5, 0, 0))
    (count,) = store.day_counts(NOW - DAY_MS)
    assert count[1:] == ("log", 10, 4, 1)
    store.purge(NOW + 500 * DAY_MS, DAY_MS, 400)
    assert store.day_counts(0) == []


def test_positions_of_sources_are_kept(store: SiteWatchStore) -> None:
    assert store.position("folder/a.txt") == (0, "")
    store.set_position("folder/a.txt", 10, "mark")
    assert store.position("folder/a.txt") == (10, "mark")


def test_names_that_were_handed_over_are_taken_once(store: SiteWatchStore) -> None:
    store.submit_names("reports", [SubmittedName("a.example", "7", NOW), SubmittedName("b.example", "8", NOW)], 8)
    with store.transaction():
        assert store.take_submitted(1) == {"reports": [SubmittedName("a.example", "7", NOW)]}
    assert store.take_submitted(5) == {"reports": [SubmittedName("b.example", "8", NOW)]}
    assert store.take_submitted(5) == {}
    assert store.position("reports") == (8, "")
