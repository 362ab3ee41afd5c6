"""The collector queues what feeds brought, pauses longer after each failure, and runs once per state folder."""

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from fanzha.base.errors import UsageError
from fanzha.collect import feed_service
from fanzha.collect.feed_client import FeedPage
from fanzha.collect.feed_service import MAX_PAUSE_MS, _only_collector, collect_feed, run
from fanzha.share.items import FeedContent
from fanzha.store.feed_queue import DueFeed, FeedDefinition, open_feed_queue

FEED = FeedDefinition("F1", "csv", "folder:list.csv", only_kind="website")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


def test_what_a_feed_brought_is_queued_with_the_end_of_the_contact(home: Path) -> None:
    with open_feed_queue() as queue:
        queue.set_feeds([FEED])
        (home / "collect" / "feeds").mkdir()
        (home / "collect" / "feeds" / "list.csv").write_text("a.example.com\n")
        collect_feed(queue, queue.select_due(0)[0])
        brought, ended = queue.answers()
    assert msgspec.json.decode(brought.body, type=FeedContent).verdicts[0].subject == "a.example.com"
    assert (ended.problem, ended.body) == ("", b"")


def test_each_failure_doubles_the_pause_up_to_an_hour(home: Path) -> None:
    with open_feed_queue() as queue:
        queue.set_feeds([FEED])
        for _ in range(9):
            collect_feed(queue, queue.select_due(2**60)[0])
        assert "is not there" in queue.answers()[0].problem
        last_at = queue.answers()[-1].at
        assert queue.select_due(last_at + MAX_PAUSE_MS - 2_000) == []
        assert len(queue.select_due(last_at + MAX_PAUSE_MS + 2_000)) == 1


def test_one_collector_runs_on_a_state_folder_until_it_is_stopped(home: Path) -> None:
    stop = threading.Event()
    stop.set()
    run(stop)
    with _only_collector(home), pytest.raises(UsageError):
        run(stop)


@pytest.mark.parametrize(
    ("limit", "value", "brought"), [("CONTACT_SECONDS", 0.0, 1), ("MAX_CONTACT_BYTES", 1, 1), ("MAX_WAITING", 3, 3)]
)
def test_a_feed_without_end_leaves_the_others_their_turn(
    home: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: float, brought: int
) -> None:
    pages = (FeedPage(FeedContent(), str(number)) for number in range(9))
    monkeypatch.setattr("fanzha.collect.feed_client.fetch_feed", lambda _due: pages)
    monkeypatch.setattr(feed_service, limit, value)
    with open_feed_queue() as queue:
        queue.set_feeds([FEED])
        collect_feed(queue, queue.select_due(0)[0])
        assert queue.count_waiting() == brought
        assert queue.select_due(2**60)[0].cursor == str(brought - 1)


def test_a_slow_feed_delays_no_other_and_no_server_is_asked_twice_at_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, is_slow = threading.Event(), threading.Event()
    begun, at_once = list[str](), list[str]()

    def fetch(due: DueFeed) -> Iterator[FeedPage]:
        begun.append(due.definition.ref)
        if due.definition.ref == "1 slow":
            assert is_slow.wait(20)
            return
        at_once.extend(begun)
        if len(begun) >= 3:
            is_slow.set()  # both others came while it was being fetched
            stop.set()
        yield FeedPage(FeedContent(), "read")

    monkeypatch.setattr("fanzha.collect.feed_client.fetch_feed", fetch)
    urls = ["https://a.example/1", "https://b.example/", "folder:c", "https://A.example/2"]
    refs = ["1 slow", "2", "3", "4 same server"]
    with open_feed_queue() as queue:
        queue.set_feeds(FeedDefinition(ref, "csv", url) for ref, url in zip(refs, urls, strict=True))
        run(stop)
        assert "1 slow" in begun and "4 same server" not in at_once
        assert {answer.feed for answer in queue.answers() if answer.body} == {"2", "3"}


def test_an_answer_that_breaks_its_reader_ends_one_contact_and_not_the_collector(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_due: object) -> None:
        raise TypeError("an unforeseen answer")

    monkeypatch.setattr("fanzha.collect.feed_client.fetch_feed", fail)
    with open_feed_queue() as queue:
        queue.set_feeds([FEED])
        collect_feed(queue, queue.select_due(0)[0])
        assert queue.answers()[0].problem == "the answer broke its reader"
        assert queue.select_due(queue.answers()[0].at) == []
