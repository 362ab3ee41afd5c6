"""The queue keeps what feeds brought until the site took it, and the place up to which each was read."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fanzha.store.feed_queue import MAX_WAITING, FeedDefinition, FeedQueue, feed_queue_path, open_feed_queue

FEED = FeedDefinition("F1", "taxii", "https://a.example/c/")


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[FeedQueue]:
    with open_feed_queue(tmp_path) as found:
        found.set_feeds([FEED])
        yield found
    assert feed_queue_path(tmp_path).stat().st_mode & 0o077 == 0


def test_an_answer_stays_until_it_is_taken(queue: FeedQueue) -> None:
    queue.add_answer("F1", b"{}", "c1", 5)
    (answer,) = queue.answers()
    assert (answer.feed, answer.at, answer.problem, answer.body) == ("F1", 5, "", b"{}")
    assert queue.select_due(9)[0].cursor == "c1"
    queue.acknowledge(answer.id)
    assert queue.answers() == []


def test_a_contact_says_when_to_ask_again_and_failures_add_up(queue: FeedQueue) -> None:
    queue.end_contact("F1", 5, 100, "no answer")
    queue.end_contact("F1", 6, 100, "no answer")
    assert queue.select_due(99) == [] and queue.select_due(100)[0].failures == 2
    queue.end_contact("F1", 100, 110)
    assert queue.select_due(110)[0].failures == 0
    assert [one.problem for one in queue.answers()] == ["no answer", "no answer", ""]


def test_a_feed_from_elsewhere_is_read_from_its_beginning_and_a_removed_one_never(queue: FeedQueue) -> None:
    queue.add_answer("F1", b"{}", "c1", 5)
    queue.set_feeds([FEED._replace(user="u")])
    assert queue.select_due(9)[0].cursor == "c1"
    queue.set_feeds([FEED._replace(url="https://b.example/c/")])
    assert queue.select_due(9)[0].cursor == ""
    queue.set_feeds([])
    assert queue.select_due(9) == []


def test_nothing_is_fetched_while_the_site_stands_still(queue: FeedQueue) -> None:
    for number in range(MAX_WAITING):
        queue.add_answer("F1", b"{}", "c", number)
    assert queue.select_due(9) == []


def test_a_queue_of_an_earlier_version_keeps_its_cursors(tmp_path: Path) -> None:
    path = feed_queue_path(tmp_path)
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE feed (ref TEXT PRIMARY KEY, format TEXT NOT NULL, url TEXT NOT NULL, user TEXT NOT NULL,"
            " secret_file TEXT NOT NULL, only_kind TEXT NOT NULL, every_ms INTEGER NOT NULL, allows_private INTEGER NOT"
            " NULL, cursor TEXT NOT NULL DEFAULT '', next_at INTEGER NOT NULL DEFAULT 0,"
            " failures INTEGER NOT NULL DEFAULT 0);"
            " INSERT INTO feed VALUES ('F1', 'taxii', 'https://a.example/c/', '', '', '', 9, 0, 'c9', 0, 0);"
        )
    for _ in range(2):
        with open_feed_queue(tmp_path) as queue:
            queue.set_feeds([FEED._replace(token_url="https://a.example/token")])
            (due,) = queue.select_due(0)
            assert (due.cursor, due.definition.token_url) == ("c9", "https://a.example/token")
