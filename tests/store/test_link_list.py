"""The public list keeps versions with what came and went; protected hosts and links without time are not in it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fanzha.claims.hash_list import list_checksum, prefix_of
from fanzha.claims.url_expressions import url_hash
from fanzha.store.link_list import (
    HISTORY_MS,
    LinkAction,
    LinkListStore,
    ListedLink,
    link_list_path,
    open_link_list,
)

NOW, LATER = 1_800_000_000_000, 1_800_000_100_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LinkListStore]:
    with open_link_list(tmp_path) as opened:
        yield opened


def link(
    expression: str, action: LinkAction = LinkAction.BLOCK, fraud: str = "phishing", until: int = 2**52
) -> ListedLink:
    return ListedLink(expression, action, fraud, until)


def listed(store: LinkListStore, *expressions: str, now: int = NOW) -> list[str]:
    """Return which of some expressions the list has, by prefix and by whole hash alike."""
    prefixes = store.prefixes()
    by_prefix = [name for name in expressions if prefix_of(url_hash(name)) in prefixes]
    by_hash = [name for name in expressions if store.find_matches(url_hash(name)[:4], now)]
    assert by_prefix == by_hash
    return by_prefix


def test_a_version_counts_what_came_and_went(store: LinkListStore) -> None:
    assert store.last_version() is None and store.identity() == ""
    first = store.replace("a", [link("one.example/"), link("two.example/")], NOW)
    assert first is not None and first.entries == 2 and first.serial == NOW // 1000
    second = store.update("a", {"two.example/": None, "three.example/": link("three.example/")}, NOW)
    assert second is not None and second.serial == first.serial + 1
    assert second.checksum == list_checksum(store.prefixes()) and (np.diff(store.prefixes().astype(np.int64)) > 0).all()
    changes = store.changes_since(first.serial)
    assert changes.removed.tolist() == [prefix_of(url_hash("two.example/"))]
    assert changes.added.tolist() == [prefix_of(url_hash("three.example/"))]
    assert listed(store, "one.example/", "two.example/", "three.example/") == ["one.example/", "three.example/"]
    assert store.find_version(first.serial) == first and len(store.identity()) == 16


def test_what_comes_and_goes_again_is_no_change(store: LinkListStore) -> None:
    first = store.replace("a", [link("one.example/")], NOW)
    store.update("a", {"two.example/": link("two.example/")}, NOW)
    store.update("a", {"two.example/": None}, NOW)
    assert first is not None
    assert [len(part) for part in store.changes_since(first.serial)] == [0, 0]
    assert store.update("a", {"two.example/": None}, NOW) is None


def test_a_link_of_two_sources_stays_until_both_withdraw_it_and_is_blocked_if_one_blocks_it(
    store: LinkListStore,
) -> None:
    store.replace("a", [link("one.example/", LinkAction.WARN)], NOW)
    store.replace("b", [link("one.example/", LinkAction.BLOCK, "")], NOW)
    (match,) = store.find_matches(url_hash("one.example/")[:4], NOW)
    assert match == (url_hash("one.example/"), LinkAction.BLOCK, "phishing")
    store.replace("b", [], NOW)
    (match,) = store.find_matches(url_hash("one.example/")[:4], NOW)
    assert match.action is LinkAction.WARN
    store.update("a", {"one.example/": None}, NOW)
    assert listed(store, "one.example/") == [] and store.last_version().entries == 0  # type: ignore[union-attr]


def test_a_protected_host_is_never_listed_nor_what_is_above_and_below_it(store: LinkListStore) -> None:
    names = (
        "shop.bank.example/",
        "bank.example/",
        "example/",
        "bank.example/path",
        "bank.example.net/",
        "xbank.example/",
    )
    store.allow({"bank.example"}, NOW)
    store.replace("a", [link(name) for name in names], NOW)
    assert listed(store, *names) == ["bank.example.net/", "xbank.example/"]
    assert store.count_links() == {("block", False): 2, ("block", True): 4}
    store.allow({"bank.example.net"}, NOW)
    assert listed(store, *names) == [name for name in names if name != "bank.example.net/"]
    before = store.last_version()
    assert store.allow({"bank.example.net"}, NOW) is None and store.last_version() == before
    store.update("a", {"www.bank.example.net/": link("www.bank.example.net/")}, NOW)
    assert listed(store, "www.bank.example.net/") == []


def test_a_link_ends_with_its_time(store: LinkListStore) -> None:
    store.replace("a", [link("one.example/", until=LATER), link("two.example/"), link("old.example/", until=NOW)], NOW)
    assert listed(store, "one.example/", "two.example/", "old.example/") == ["one.example/", "two.example/"]
    assert store.find_matches(url_hash("one.example/")[:4], LATER) == []
    store.expire(LATER)
    assert listed(store, "one.example/", "two.example/") == ["two.example/"]


def test_old_versions_are_forgotten_but_the_newest_stays(store: LinkListStore) -> None:
    first = store.replace("a", [link("one.example/"), link("two.example/")], NOW)
    second = store.update("a", {"two.example/": None}, NOW)
    store.expire(NOW + HISTORY_MS + 1)
    assert first is not None and second is not None
    assert store.find_version(first.serial) is None and store.last_version() == second
    assert listed(store, "one.example/") == ["one.example/"]


def test_a_list_that_is_new_for_the_most_part_has_no_history(store: LinkListStore) -> None:
    first = store.replace("a", [link("one.example/")], NOW)
    store.replace("a", [link("two.example/")], NOW)
    assert first is not None and store.find_version(first.serial) is None


def test_a_failed_change_leaves_the_version_before(store: LinkListStore) -> None:
    store.replace("a", [link("one.example/")], NOW)
    with pytest.raises(OverflowError):
        store.update("a", {"two.example/": link("two.example/", until=2**70)}, NOW)  # no integer of SQLite
    with pytest.raises(ZeroDivisionError):
        store.replace("a", (link(f"{1 // number}.example/") for number in (1, 0)), NOW)
    assert listed(store, "one.example/", "1.example/") == ["one.example/"]


def test_a_reader_notices_that_another_connection_wrote(tmp_path: Path, store: LinkListStore) -> None:
    with open_link_list(tmp_path) as reader:
        with reader.reading():
            before = reader.data_version()
        store.replace("a", [link("one.example/")], NOW)
        with reader.reading():
            assert reader.data_version() != before and len(reader.prefixes()) == 1
    assert link_list_path(tmp_path).stat().st_mode & 0o077 == 0


def test_notes_are_kept(store: LinkListStore) -> None:
    assert store.note("source") == ""
    store.write_note("source", "one")
    store.write_note("source", "two")
    assert store.note("source") == "two"
