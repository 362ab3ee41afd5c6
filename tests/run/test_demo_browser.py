"""The browser signs in by the form, keeps its cookies and reads the links of the navigation."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from fanzha.run.demo_browser import BrowserPage, DemoBrowser, navigation_links

FORM = '<form><input type="hidden" name="csrfmiddlewaretoken" value="t0ken"></form>'
HOME = '<nav class="places" aria-label="Places"><ul><li><a href="/" aria-current="page">\n</a><a href="/orders/"></a>'


class SiteWithForm(BaseHTTPRequestHandler):
    """A site with a sign-in form: the right token and password are answered with a session cookie."""

    def do_GET(self) -> None:
        if self.path == "/whence/":
            self._respond(200, self.client_address[0])
        elif self.path == "/accounts/login/":
            self._respond(200, FORM)
        elif self.path == "/" and self.headers.get("Cookie") == "session=7":
            self._respond(200, f'{HOME}</ul></nav><a href="/elsewhere/"></a>')
        else:
            self._respond(404, "not here")

    def do_POST(self) -> None:
        fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if fields == {"login": ["a@b.example"], "password": ["right"], "csrfmiddlewaretoken": ["t0ken"]}:
            self._respond(302, "", {"Location": "/", "Set-Cookie": "session=7; Path=/"})
        else:
            self._respond(200, "wrong")

    def _respond(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
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
    with ThreadingHTTPServer(("127.0.0.1", 0), SiteWithForm) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_whoever_signs_in_is_led_home_and_stays_signed_in(address: str) -> None:
    browser = DemoBrowser(address)
    home = browser.sign_in("a@b.example", "right")
    assert (home.status, home.url) == (200, f"{address}/")
    assert browser.get("/").status == 200
    assert navigation_links(home) == ["/", "/orders/"]


def test_a_wrong_password_leads_nowhere(address: str) -> None:
    assert DemoBrowser(address).sign_in("a@b.example", "wrong") == BrowserPage(
        200, f"{address}/accounts/login/", "wrong"
    )


def test_a_page_that_is_not_there_is_an_answer(address: str) -> None:
    assert DemoBrowser(address).get("/none/") == BrowserPage(404, f"{address}/none/", "not here")


def test_each_browser_has_an_address_of_its_own(address: str) -> None:
    assert [DemoBrowser(address, number).get("/whence/").text for number in (0, 1)] == ["127.0.0.2", "127.0.0.3"]


def test_a_page_without_places_has_none() -> None:
    assert navigation_links(BrowserPage(200, "", FORM)) == []
