"""Feeds in folders are read up to where they were read before; broken and outside files are refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.share.shared_items import AT, DAY, KEY, SOURCE, verdict

from fanzha.base.outgoing_request import RequestFailed
from fanzha.collect import feed_client
from fanzha.collect.feed_client import FeedFailed, fetch_feed
from fanzha.share.items import RejectReason
from fanzha.share.misp import write_feed
from fanzha.store.feed_queue import DueFeed, FeedDefinition


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    folder = tmp_path / "collect" / "feeds"
    (folder / "misp").mkdir(parents=True)
    return folder


def due(format_: str, url: str, cursor: str = "", only_kind: str = "") -> DueFeed:
    return DueFeed(FeedDefinition("F1", format_, url, only_kind=only_kind), cursor, 0)


def test_a_feed_of_misp_is_read_event_by_event_and_then_only_what_is_new(folder: Path) -> None:
    days = [AT + day * DAY for day in range(3)]
    verdicts = [verdict("website", f"{n}.example.com", created_at=at, modified_at=at) for n, at in enumerate(days)]
    for file in write_feed(SOURCE, KEY, verdicts, []):
        (folder / "misp" / file.name).write_bytes(file.body)
    pages = list(fetch_feed(due("misp", "folder:misp")))
    assert [page.result.verdicts[0].subject for page in pages] == [f"{day}.example.com" for day in range(3)]
    assert list(fetch_feed(due("misp", "folder:misp", pages[1].cursor))) == [pages[2]]
    assert list(fetch_feed(due("misp", "folder:misp", pages[2].cursor))) == []


def test_an_event_that_is_too_large_is_counted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "3b1c1d1e-1111-4222-8333-444444444444"
    (folder / "misp" / "manifest.json").write_text(json.dumps({name: {"timestamp": "5"}}))
    (folder / "misp" / f"{name}.json").write_bytes(b" " * 2_000)
    monkeypatch.setattr("fanzha.collect.feed_client.MAX_BYTES", 1_000)
    (page,) = fetch_feed(due("misp", "folder:misp"))
    assert page.result.rejected == {RejectReason.TOO_LARGE: 1} and page.cursor == f"5 {name}"


def write_events(folder: Path, timestamps: dict[str, int]) -> None:
    manifest = {name: {"timestamp": str(seconds)} for name, seconds in timestamps.items()}
    (folder / "misp" / "manifest.json").write_text(json.dumps(manifest))
    for name in timestamps:
        (folder / "misp" / f"{name}.json").write_text('{"Event": {}}')


def test_events_of_the_same_second_are_each_read_and_one_of_the_future_hides_none(folder: Path) -> None:
    first, second, future = (f"3b1c1d1e-1111-4222-8333-44444444444{digit}" for digit in "123")
    write_events(folder, {first: 5, second: 5, future: 9_999_999_999})
    skipped, one, two = fetch_feed(due("misp", "folder:misp"))
    assert (skipped.result.rejected, skipped.cursor) == ({RejectReason.TIMES: 1}, "")
    assert [one.cursor, two.cursor] == [f"5 {first}", f"5 {second}"]
    assert [page.cursor for page in fetch_feed(due("misp", "folder:misp", one.cursor))][1:] == [two.cursor]
    assert list(fetch_feed(due("misp", "folder:misp", "5"))) == []


@pytest.mark.parametrize(("status", "is_passed_over"), [("HTTP 404", True), ("HTTP 503", False)])
def test_an_event_that_is_gone_stops_none_behind_it(
    monkeypatch: pytest.MonkeyPatch, status: str, is_passed_over: bool
) -> None:
    gone, there = (f"3b1c1d1e-1111-4222-8333-44444444444{digit}" for digit in "12")

    def answer(url: str, *_: Any) -> tuple[bytes, dict[str, str]]:
        if gone in url:
            raise RequestFailed(status)
        manifest = {gone: {"timestamp": 5}, there: {"timestamp": 6}}
        return json.dumps(manifest if "manifest" in url else {"Event": {}}).encode(), {}

    monkeypatch.setattr(feed_client, "get", answer)
    pages = fetch_feed(due("misp", "https://a.example/"))
    if is_passed_over:
        assert [page.result.rejected for page in pages] == [{RejectReason.UNREADABLE: 1}, {}]
    else:
        with pytest.raises(FeedFailed, match="503"):
            list(pages)


def test_a_list_is_read_again_only_if_it_changed(folder: Path) -> None:
    (folder / "misp" / "list.csv").write_text("a.example.com\n")
    (page,) = fetch_feed(due("csv", "folder:misp/list.csv", only_kind="website"))
    assert [one.subject for one in page.result.verdicts] == ["a.example.com"]
    assert list(fetch_feed(due("csv", "folder:misp/list.csv", page.cursor, only_kind="website"))) == []


def test_a_secret_is_read_from_the_folder_of_feeds_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, sent = folder.parents[1] / "keys", list[Any]()
    (keys / "feeds" / "OWNER").mkdir(parents=True)
    for name, secret in [("mail", b"of the site"), ("feeds/OWNER/list", b"of the feed"), ("feeds/OWNER/key", b"\xff")]:
        (keys / name).write_bytes(secret)
        (keys / name).chmod(0o600)

    def answer(*arguments: Any) -> tuple[bytes, dict[str, str]]:
        sent.append(arguments[-1]["Authorization"])
        return b"", {}

    monkeypatch.setattr(feed_client, "get", answer)
    feed = due("csv", "https://a.example/", only_kind="website")
    list(fetch_feed(feed._replace(definition=feed.definition._replace(secret_file="OWNER/list"))))
    assert sent == ["Bearer of the feed"]
    for name in ("mail", "OWNER/key"):
        with pytest.raises(FeedFailed, match="is not there|is no text"):
            list(fetch_feed(feed._replace(definition=feed.definition._replace(secret_file=name))))
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("format_", "url", "content"),
    [
        ("misp", "folder:misp", b"{"),
        ("misp", "folder:misp", b"[" * 100_000),
        ("misp", "folder:misp", b"[]"),
        ("misp", "folder:../../etc", b"{}"),
        ("csv", "folder:misp/manifest.json", b"\xff\xfe"),
        ("csv", "folder:nowhere", b""),
        ("misp", "ftp://a.example/", b""),
    ],
)
def test_what_cannot_be_read_is_a_failure_with_a_reason(folder: Path, format_: str, url: str, content: bytes) -> None:
    (folder / "misp" / "manifest.json").write_bytes(content)
    with pytest.raises(FeedFailed):
        list(fetch_feed(due(format_, url)))
