"""A range tells who may be told of in it, as things stand now, and how full the fullest is."""

import asyncio
import threading
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.claims.snapshots import AT, base, delta, entries
from tests.screen.http.client import URLS, Screen

from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.url_expressions import url_hash
from fanzha.claims.verdict import Level
from fanzha.screen.http.hash_ranges import (
    BackgroundCache,
    HashedRange,
    NumberRanges,
    UrlPrefixes,
    build_url_prefixes,
    find_public_entry,
)
from fanzha.screen.mapped_snapshot import MappedSnapshot

Listed = dict[tuple[str, str], SnapshotEntry]
NUMBERS = st.integers(0, 60).map(lambda number: ("phone_number", f"+86170000000{number:02}"))
SUSPECTED = SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "wangiri")


def range_of(number: str) -> tuple[int, str]:
    """Return a number's range and the rest of its hash."""
    whole = sha256(number.encode()).hexdigest()
    return int(whole[:4], 16), whole[4:16]


def told(ranges: NumberRanges, snapshot: MappedSnapshot, number: str, at: int = AT) -> HashedRange:
    return asyncio.run(ranges.find(snapshot, range_of(number)[0], at))


@given(st.dictionaries(NUMBERS, entries), st.dictionaries(NUMBERS, st.none() | entries), st.integers(0, 6))
@settings(max_examples=40)
def test_a_number_is_in_its_range_exactly_when_it_may_be_told_of(
    listed: Listed, changes: dict[tuple[str, str], SnapshotEntry | None], hours: int
) -> None:
    first, at = base(listed), AT + hours * 3_600_000
    snapshot, ranges = MappedSnapshot(first, [delta(first, first, changes)]), NumberRanges()
    for number in {value for _, value in (*listed, *changes)}:
        entry = find_public_entry((listed | changes)["phone_number", number], at)
        _, suffix = range_of(number)
        keys = dict(told(ranges, snapshot, number, at).entries)
        assert keys.get(suffix) == (entry.fraud_type if entry else None)


@pytest.mark.parametrize(
    ("entry", "told_of"),
    [
        (None, False),
        (SUSPECTED, True),
        (SUSPECTED._replace(level=Level.WATCH), False),
        (SUSPECTED._replace(level=Level.CLEAR), False),
        (SUSPECTED._replace(simulated=True), False),
        (SUSPECTED._replace(ingress="international_gateway"), False),
        (SUSPECTED._replace(until=AT), False),
        (SUSPECTED._replace(until=AT + 1, direction="outgoing", service="voice"), True),
        (SnapshotEntry(Level.WATCH, next_scope=SUSPECTED), True),
        (SUSPECTED._replace(ingress="mobile", next_scope=SnapshotEntry(Level.WATCH)), False),
    ],
)
def test_told_is_a_suspicion_that_its_holder_may_object_to_and_nothing_else(
    entry: SnapshotEntry | None, told_of: bool
) -> None:
    assert (find_public_entry(entry, AT) is not None) is told_of


def test_a_number_cleared_or_added_by_a_delta_is_so_at_once() -> None:
    number, second_number = "+8617000000001", "+8617000000002"
    first, ranges = base({("phone_number", number): SUSPECTED}), NumberRanges()
    before = MappedSnapshot(first)
    after = MappedSnapshot(
        first, [delta(first, first, {("phone_number", number): None, ("phone_number", second_number): SUSPECTED})]
    )
    assert told(ranges, before, number).entries == [(range_of(number)[1], "wangiri")]
    assert told(ranges, before, second_number).entries == []
    assert told(ranges, after, number).entries == []
    assert told(ranges, after, second_number).entries == [(range_of(second_number)[1], "wangiri")]


def test_the_fullest_range_is_known_whichever_is_asked() -> None:
    listed = {("phone_number", f"+86170{number:08}"): SUSPECTED for number in range(20_000)}
    ranges, snapshot = NumberRanges(), MappedSnapshot(base(listed))
    counted: dict[int, int] = {}
    for _, number in listed:
        range_, _ = range_of(number)
        counted[range_] = counted.get(range_, 0) + 1
    fullest = max(counted, key=lambda range_: counted[range_])
    keys = asyncio.run(ranges.find(snapshot, fullest, AT))
    assert len(keys.entries) == keys.largest == counted[fullest]
    assert told(ranges, snapshot, "+8617000020001").largest == keys.largest


def test_numbers_of_rare_profiles_are_told_too() -> None:
    listed = {
        ("phone_number", f"+86170{index:08}"): SUSPECTED._replace(organization=f"made-up organisation {index}")
        for index in range(17_000)
    }
    snapshot, ranges = MappedSnapshot(base(listed)), NumberRanges()
    for number in ("+8617000000000", "+8617000016999"):
        assert range_of(number)[1] in dict(told(ranges, snapshot, number).entries)


class Maker:
    """Makes numbers, and counts how often it is asked to."""

    def __init__(self) -> None:
        self.times, self.threads, self.fails = 0, set[int](), False

    def make(self) -> int:
        self.times += 1
        self.threads.add(threading.get_ident())
        if self.fails:
            raise ZeroDivisionError
        return self.times


def test_all_who_ask_at_once_share_what_one_thread_makes() -> None:
    maker, calls = Maker(), BackgroundCache[int]()

    async def ask() -> list[int]:
        return await asyncio.gather(*(calls.get("a", maker.make) for _ in range(20)))

    assert asyncio.run(ask()) == [1] * 20 and maker.times == 1
    assert maker.threads.isdisjoint({threading.get_ident()})


def test_another_identity_is_made_anew_and_the_newest_is_kept() -> None:
    maker, calls = Maker(), BackgroundCache[int]()

    async def ask() -> list[int]:
        return [await calls.get(identity, maker.make) for identity in "aabba"]

    assert asyncio.run(ask()) == [1, 1, 2, 2, 3]


def test_what_failed_is_tried_again() -> None:
    maker, calls = Maker(), BackgroundCache[int]()

    async def ask() -> int:
        maker.fails = True
        with pytest.raises(ZeroDivisionError):
            await calls.get("a", maker.make)
        maker.fails = False
        return await calls.get("a", maker.make)

    assert asyncio.run(ask()) == 2


def test_one_who_leaves_does_not_spoil_it_for_the_others() -> None:
    maker, calls, release = Maker(), BackgroundCache[int](), threading.Event()

    def slow() -> int:
        release.wait(10)
        return maker.make()

    async def ask() -> int:
        leaves = asyncio.create_task(calls.get("a", slow))
        stays = asyncio.create_task(calls.get("a", slow))
        await asyncio.sleep(0.01)
        leaves.cancel()
        release.set()
        return await stays

    assert asyncio.run(ask()) == 1


def test_each_prefix_stands_once_in_order(screen: Screen) -> None:
    calls, _ = asyncio.run(UrlPrefixes().find(screen.snapshot))  # type: ignore[arg-type]
    assert [calls[at : at + 4] for at in range(0, len(calls), 4)] == sorted({url_hash(number)[:4] for number in URLS})


def test_it_is_the_same_list_while_no_delta_brings_another(screen: Screen) -> None:
    calls = UrlPrefixes()

    async def twice() -> list[tuple[bytes, str]]:
        assert screen.snapshot is not None
        first = await calls.find(screen.snapshot)
        screen.change({})
        return [first, await calls.find(screen.snapshot)]

    first, second = asyncio.run(twice())
    assert first == second and first[0] is second[0]


def test_without_a_list_there_are_none() -> None:
    assert build_url_prefixes(None) == b""
