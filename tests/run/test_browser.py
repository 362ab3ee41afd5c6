"""The browser signs in by the form that it is given, keeps its cookies and reads the places at the left."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from fanzha.run.browser import Browser, Page, places

FORM = '<form><input type="hidden" name="csrfmiddlewaretoken" value="t0ken"></form>'
HOME = '<nav class="places" aria-label="Places"><ul><li><a href="/" aria-current="page">\n</a><a href="/orders/"></a>'


class Site(BaseHTTPRequestHandler):
    """A site with a form: whoever sends its token and the password gets a cookie, with which home opens."""

    def do_GET(self) -> None:
        if self.path == "/whence/":
            self._answer(200, self.client_address[0])
        elif self.path == "/accounts/login/":
            self._answer(200, FORM)
        elif self.path == "/" and self.headers.get("Cookie") == "session=7":
            self._answer(200, f'{HOME}</ul></nav><a href="/elsewhere/"></a>')
        else:
            self._answer(404, "not here")

    def do_POST(self) -> None:
        told = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if told == {"login": ["a@b.example"], "password": ["right"], "csrfmiddlewaretoken": ["t0ken"]}:
            self._answer(302, "", {"Location": "/", "Set-Cookie": "session=7; Path=/"})
        else:
            self._answer(200, "wrong")

    def _answer(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


@pytest.fixture
def address(socket_enabled: None) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_whoever_signs_in_is_led_home_and_stays_signed_in(address: str) -> None:
    browser = Browser(address)
    home = browser.sign_in("a@b.example", "right")
    assert (home.status, home.url) == (200, f"{address}/")
    assert browser.get("/").status == 200
    assert places(home) == ["/", "/orders/"]


def test_a_wrong_password_leads_nowhere(address: str) -> None:
    assert Browser(address).sign_in("a@b.example", "wrong") == Page(200, f"{address}/accounts/login/", "wrong")


def test_a_page_that_is_not_there_is_an_answer(address: str) -> None:
    assert Browser(address).get("/none/") == Page(404, f"{address}/none/", "not here")


def test_each_browser_has_an_address_of_its_own(address: str) -> None:
    assert [Browser(address, number).get("/whence/").text for number in (0, 1)] == ["127.0.0.2", "127.0.0.3"]


def test_a_page_without_places_has_none() -> None:
    assert places(Page(200, "", FORM)) == []
