"""Two running sites exchange a campaign within a minute, and the real clients of TAXII and STIX read the server."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import stix2
from taxii2client.common import TokenAuth
from taxii2client.v21 import Collection, Server, as_pages
from tests.free_ports import free_port
from tests.run.running_site import migrate_site, run_module, start_site

from fanzha.collect import feed_client
from fanzha.collect.feed_client import FeedFailed, fetch_feed
from fanzha.store.feed_queue import DueFeed, FeedDefinition

pytestmark = [pytest.mark.field]


def act(home: Path, *arguments: str) -> Any:
    completed = run_module(home, "tests.field.exchange_acts", *arguments)
    assert completed.returncode == 0, completed.stderr
    return json.loads(completed.stdout)


def wait_for(condition: Callable[[], bool], seconds: float) -> float:
    """Return after how many seconds a condition held."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(1)
    return time.monotonic() - began


def test_two_sites_exchange_a_campaign_and_what_is_cleared_is_withdrawn_there(tmp_path: Path) -> None:
    giver, taker, port, other_port = tmp_path / "giver", tmp_path / "taker", free_port(), free_port()
    for home in (giver, taker):
        migrate_site(home)
    (taker / "fanzha.toml").write_text("[exchange]\nprivate_addresses = true\n", "utf-8")
    given = act(giver, "give")
    path = f"/taxii2/fanzha/collections/{given['collection']}/"
    taken = act(taker, "take", f"http://127.0.0.1:{port}", path, given["client"], "feed")
    secret = taker / "keys" / "feeds" / taken["owner"] / "feed"
    secret.parent.mkdir(parents=True, mode=0o700)
    secret.write_text(given["secret"], "utf-8")
    secret.chmod(0o600)
    with start_site(giver, port) as first, start_site(taker, other_port) as second:
        for site in (first, second):
            site.wait_for_output(r"(http://\S+)")
        act(giver, "confirm")
        took = wait_for(lambda: len(act(taker, "state")["standing"]) == 3, 300)
        _read_by_real_clients(f"http://127.0.0.1:{port}/taxii2/", given)
        act(giver, "clear")
        withdrew = wait_for(lambda: act(taker, "state") == {"standing": [], "withdrawn": 3}, 300)
    print(f"exchanged in {took:.0f} s, withdrawn in {withdrew:.0f} s")


def _read_by_real_clients(discovery: str, given: dict[str, str]) -> None:
    server = Server(discovery, user="any", password=given["secret"])
    collection: Collection = server.default.collections[0]
    assert collection.id == given["collection"] and not collection.can_write
    objects = [one for page in as_pages(collection.get_objects, per_request=3) for one in page.get("objects", [])]
    entries = [one for page in as_pages(collection.get_manifest, per_request=3) for one in page.get("objects", [])]
    assert [one["id"] for one in objects] == [one["id"] for one in entries]
    source = stix2.TAXIICollectionSource(collection, allow_custom=True)
    indicators = source.query([stix2.Filter("type", "=", "indicator")])
    assert len(indicators) == 3 and source.get(indicators[0]["id"])["id"] == indicators[0]["id"]
    (found,) = source.query([stix2.Filter("type", "=", "campaign")])
    ties = source.query([stix2.Filter("type", "=", "relationship")])
    assert {tie["target_ref"] for tie in ties if tie["relationship_type"] == "indicates"} == {found["id"]}
    server.close()
    form = {"grant_type": "client_credentials", "scope": "exchange:read"}
    credentials = (given["client"], given["secret"])
    answer = requests.post(f"{discovery.removesuffix('taxii2/')}oauth2/token", form, auth=credentials, timeout=10)
    with Server(discovery, auth=TokenAuth(answer.json()["access_token"])) as by_token:
        assert [one.id for one in by_token.default.collections] == [given["collection"]]


class _Hostile(BaseHTTPRequestHandler):
    """Answers by the name in the path: endless, lying, compressed, deep, promising, huge, slow."""

    def do_GET(self) -> None:
        name = self.path.split("/")[1]
        more = b'{"more": true, "next": "%d", "objects": [{"type": "x", "id": "x--1"}]}'
        match name:
            case "endless":
                self._head()
                with pytest.raises(OSError):
                    while True:
                        self.wfile.write(b" " * 65_536)
            case "lying":
                self._head({"Content-Length": "1000000"})
                self.wfile.write(b'{"objects": [')
            case "compressed":
                self._head({"Content-Encoding": "gzip"})
                self.wfile.write(b"\x1f\x8b")
            case "deep":
                self._head()
                self.wfile.write(b"[" * 1_000_000)
            case "promising":
                self._head()
                self.wfile.write(b'{"more": true, "next": "n", "objects": [{"type": "x", "id": "x--1"}]}')
            case "redirecting":
                self.send_response(302)
                self.send_header("Location", "http://169.254.169.254/")
                self.end_headers()
            case "forever":
                self.server.pages += 1  # type: ignore[attr-defined]
                self._head()
                self.wfile.write(more % self.server.pages)  # type: ignore[attr-defined]

    def _head(self, headers: dict[str, str] | None = None) -> None:
        self.send_response(200)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HTTPServer]:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    server = HTTPServer(("127.0.0.1", 0), _Hostile)
    server.pages = 0  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
    assert socket.getdefaulttimeout() is None


@pytest.mark.parametrize("name", ["endless", "lying", "compressed", "deep", "promising", "redirecting"])
def test_a_hostile_server_is_left_with_a_reason(hostile: HTTPServer, name: str) -> None:
    url = f"http://127.0.0.1:{hostile.server_port}/{name}"
    due = DueFeed(FeedDefinition("F1", "taxii", url, allows_private=True), "", 0)
    began = time.monotonic()
    with pytest.raises(FeedFailed, match=r"\w"):
        list(fetch_feed(due))
    assert time.monotonic() - began < 12


def test_a_server_without_end_is_left_after_its_pages(hostile: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_client, "MAX_PAGES", 7)
    url = f"http://127.0.0.1:{hostile.server_port}/forever"
    due = DueFeed(FeedDefinition("F1", "taxii", url, allows_private=True), "", 0)
    assert len(list(fetch_feed(due))) == 7
    with pytest.raises(FeedFailed, match="only https"):
        list(fetch_feed(due._replace(definition=due.definition._replace(allows_private=False))))
