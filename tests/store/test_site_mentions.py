"""Names that mention a brand wait until the budget of looks has room; the best come first, and the total holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fanzha.store import site_mentions
from fanzha.store.site_watch import (
    DAY_MS,
    AlertBudget,
    MentionCounts,
    SiteCandidate,
    SiteWatchStore,
    open_site_watch,
)

DAY = 1_793_000_000_000 // DAY_MS * DAY_MS
EVENING = DAY + DAY_MS - 1
BUDGET = AlertBudget(per_brand=3, total=10, stored=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SiteWatchStore]:
    with open_site_watch(tmp_path) as opened:
        yield opened


def name(subject: str, score: float = 0.2, brand: str = "bank.example") -> SiteCandidate:
    return SiteCandidate(subject, f"www.{subject}", brand, score, "提及", "mentions", "{}", "log", "7", DAY)


def subjects(store: SiteWatchStore) -> list[str]:
    return [mention.subject for mention in store.mentions()]


def test_the_best_are_released_within_the_share_of_a_brand(store: SiteWatchStore) -> None:
    store.add_mentions([name(f"a{number}.example", number / 10) for number in range(5)], DAY)
    assert store.mentions() == [], "nothing is released by itself"
    assert store.release_mentions(BUDGET, EVENING) == 3
    assert set(subjects(store)) == {"a4.example", "a3.example", "a2.example"}
    assert all(mention.is_mention for mention in store.mentions())
    assert store.release_mentions(BUDGET, EVENING) == 0, "the share of the brand is used"
    assert store.mention_counts(DAY) == MentionCounts(5, 3, 0)


def test_no_more_is_released_than_the_part_of_the_day_that_has_passed(store: SiteWatchStore) -> None:
    store.add_mentions([name(f"a{number}.example", brand=f"{number}.example") for number in range(20)], DAY)
    assert store.release_mentions(BUDGET, DAY) == 0
    assert store.release_mentions(BUDGET, DAY + DAY_MS // 2) == 5
    assert store.release_mentions(BUDGET, DAY + DAY_MS // 2) == 0
    assert store.release_mentions(BUDGET, EVENING) == 4


def test_mentions_get_what_candidates_leave_and_take_nothing_from_later_ones(store: SiteWatchStore) -> None:
    store.add_candidates([name(f"c{number}.example", 0.7, f"{number}.example") for number in range(4)], BUDGET, DAY)
    store.add_mentions([name(f"a{number}.example", brand=f"{number}.example") for number in range(20)], DAY)
    assert store.release_mentions(BUDGET, EVENING) == 5
    store.add_candidates([name(f"d{number}.example", 0.7, f"{number}.example") for number in range(9)], BUDGET, EVENING)
    assert sum(row.is_within for row in store.candidates()) == BUDGET.total, "as if nothing had been released"
    assert store.release_mentions(BUDGET, EVENING) == 0


def test_what_the_site_recorded_is_deleted(store: SiteWatchStore) -> None:
    store.add_mentions([name("a.example"), name("b.example")], DAY)
    store.release_mentions(BUDGET, EVENING)
    first, second = store.mentions()
    store.acknowledge_mentions([first.id])
    assert store.mentions() == [second]


def test_a_name_for_which_no_look_is_left_within_a_day_is_dropped_and_counted(store: SiteWatchStore) -> None:
    store.add_mentions([name(f"a{number}.example") for number in range(4)], DAY)
    assert store.release_mentions(BUDGET, EVENING) == 3
    assert store.release_mentions(BUDGET, EVENING + DAY_MS) == 0
    assert store.mention_counts(DAY + DAY_MS) == MentionCounts(0, 0, 1)
    assert len(store.mentions()) == 3, "released names wait for the site"
    store.purge(DAY + 500 * DAY_MS, DAY_MS, 400)
    assert store.mention_counts(DAY) == MentionCounts(0, 0, 0)


def test_of_too_many_the_weakest_are_dropped(store: SiteWatchStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_mentions, "MOST_WAITING", 2)
    store.add_mentions([name(f"a{number}.example", number / 10) for number in range(4)], DAY)
    store.add_mentions([], DAY)
    store.release_mentions(BUDGET, EVENING)
    assert set(subjects(store)) == {"a3.example", "a2.example"}
    assert store.mention_counts(DAY).dropped == 2
