"""The journal puts requests, redirects and failures together from the events of the browser, within limits."""

from typing import Any

import pytest

from fanzha.collect.pages import network_journal
from fanzha.collect.pages.network_journal import MOST_REDIRECTS, NetworkJournal
from fanzha.store.look_record import Redirect

FRAME = "main"


class Page:
    """A journal with the events of a page, and why it was ended."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.restarts = 0
        self.journal = NetworkJournal(self.ended.append, self._restart)
        self.journal.frame = FRAME

    def _restart(self) -> None:
        self.restarts += 1

    def send(self, event: str, number: str, **more: Any) -> None:
        self.journal.handlers()[f"Network.{event}"]({"requestId": number, **more})

    def request(self, number: str, url: str, kind: str = "Document", frame: str = FRAME, **more: Any) -> None:
        asked = {"url": url, "method": "GET"}
        self.send("requestWillBeSent", number, request=asked, type=kind, frameId=frame, **more)


@pytest.fixture
def page() -> Page:
    return Page()


def test_a_page_and_its_script_are_requests_with_their_answers(page: Page) -> None:
    page.request("1", "http://a.example/")
    page.request("2", "http://a.example/a.js", "Script")
    assert page.journal.is_busy()
    answer = {"status": 200, "mimeType": "text/html", "headers": {"X-A": "b"}, "remoteIPAddress": "192.0.2.1"}
    page.send("responseReceived", "1", response=answer)
    page.send("loadingFinished", "1", encodedDataLength=10)
    page.send("loadingFailed", "2", errorText="net::ERR_FAILED")
    document, script = page.journal.requests()
    assert (document.status, document.mime, document.size, document.address) == (200, "text/html", 10, "192.0.2.1")
    assert (script.type, script.problem) == ("Script", "net::ERR_FAILED")
    assert not page.journal.is_busy() and page.journal.entries["1"].headers == {"x-a": "b"}


def test_redirects_of_the_server_and_of_scripts_are_hops(page: Page) -> None:
    page.request("1", "http://a.example/")
    page.request("1", "http://b.example/", redirectResponse={"status": 302})
    page.request("2", "http://c.example/")
    assert page.journal.redirects == [
        Redirect("http://a.example/", 302, "http://b.example/"),
        Redirect("http://b.example/", 0, "http://c.example/"),
    ]
    document = page.journal.find_document()
    assert document is not None and document.url == "http://c.example/" and page.restarts == 1


def test_frames_are_no_documents_and_sockets_never_end(page: Page) -> None:
    page.request("1", "http://a.example/", frame="inner")
    page.send("loadingFinished", "1")
    page.send("webSocketCreated", "2", url="ws://a.example/")
    assert page.journal.find_document() is None and page.journal.entries["1"].type == "Frame"
    assert not page.journal.is_busy() and page.journal.websockets == 1


def test_a_page_without_end_is_ended(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_journal, "MOST_REQUESTS", 3)
    for number in range(4):
        page.request(str(number), f"http://a.example/{number}.png", "Image")
    assert page.ended == ["requests"] and len(page.journal.requests()) == 3
    endless = Page()
    monkeypatch.setattr(network_journal, "MOST_REQUESTS", 100)
    for number in range(MOST_REDIRECTS + 2):
        before: dict[str, Any] = {"redirectResponse": {"status": 301}} if number else {}
        endless.request("1", f"http://a.example/{number}", **before)
    assert endless.ended == ["redirects"]
