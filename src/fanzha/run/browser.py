"""A browser that probes the site as a person does: signs in by the form and opens the places at the left."""

import http.client
import re
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from typing import NamedTuple
from urllib.parse import urlencode

SECONDS = 30.0
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_PLACES = re.compile(r'<nav class="places".*?</nav>', re.DOTALL)
_LINK = re.compile(r'href="(/[^"]*)"')


class Page(NamedTuple):
    """What a page answered; `url` is where redirects led to."""

    status: int
    url: str
    text: str


class _From(urllib.request.HTTPHandler):
    """Asks from one address of this machine."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._source = source

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open a connection from that address."""
        return self.do_open(http.client.HTTPConnection, req, source_address=(self._source, 0))


class Browser:
    """One person's browser, with cookies; it asks this machine alone, past any proxy of the environment.

    It has an address of its own, 127.0.0.2 to 127.0.0.251: of one address few may sign in within a minute.
    """

    def __init__(self, address: str, number: int = 0) -> None:
        self._address = address
        direct, cookies = urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(direct, cookies, _From(f"127.0.0.{2 + number % 250}"))

    def get(self, path: str) -> Page:
        """Open a page."""
        return self._ask(urllib.request.Request(self._address + path))

    def sign_in(self, email: str, password: str) -> Page:
        """Sign in; return the page that one is led to."""
        form = self.get("/accounts/login/")
        token = _TOKEN.search(form.text)
        fields = {"login": email, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        headers = {"Referer": form.url}
        return self._ask(urllib.request.Request(form.url, urlencode(fields).encode(), headers))

    def _ask(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                return Page(answer.status, answer.geturl(), answer.read().decode())
        except urllib.error.HTTPError as refused:
            with refused:
                return Page(refused.code, refused.geturl(), refused.read().decode("utf-8", "replace"))


def places(page: Page) -> list[str]:
    """Return the addresses that stand at the left of a page."""
    bar = _PLACES.search(page.text)
    return _LINK.findall(bar[0]) if bar else []
