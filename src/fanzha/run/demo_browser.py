"""A minimal browser that probes the demo's site: it signs in by the form and opens the pages of the navigation."""

import http.client
import re
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from typing import NamedTuple
from urllib.parse import urlencode

TIMEOUT_SECONDS = 30.0
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_NAVIGATION = re.compile(r'<nav class="places".*?</nav>', re.DOTALL)
_LINK = re.compile(r'href="(/[^"]*)"')


class BrowserPage(NamedTuple):
    """A response; `url` is the address after redirects."""

    status: int
    url: str
    text: str


class _SourceAddressHandler(urllib.request.HTTPHandler):
    """Opens connections from one address of this machine."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._source = source

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open a connection from the source address."""
        return self.do_open(http.client.HTTPConnection, req, source_address=(self._source, 0))


class DemoBrowser:
    """The browser of one person, with cookies; it ignores the proxies of the environment.

    It connects from an address of its own, 127.0.0.2 to 127.0.0.251: the site limits sign-ins per address and minute.
    """

    def __init__(self, address: str, number: int = 0) -> None:
        self._address = address
        direct, cookies = urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(
            direct, cookies, _SourceAddressHandler(f"127.0.0.{2 + number % 250}")
        )

    def get(self, path: str) -> BrowserPage:
        """Return a page."""
        return self._fetch(urllib.request.Request(self._address + path))

    def sign_in(self, email: str, password: str) -> BrowserPage:
        """Sign in by the form; return the page after the redirects."""
        form = self.get("/accounts/login/")
        token = _TOKEN.search(form.text)
        fields = {"login": email, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        headers = {"Referer": form.url}
        return self._fetch(urllib.request.Request(form.url, urlencode(fields).encode(), headers))

    def _fetch(self, request: urllib.request.Request) -> BrowserPage:
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return BrowserPage(response.status, response.geturl(), response.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return BrowserPage(error.code, error.geturl(), error.read().decode("utf-8", "replace"))


def navigation_links(page: BrowserPage) -> list[str]:
    """Return the paths of the links in a page's navigation."""
    navigation = _NAVIGATION.search(page.text)
    return _LINK.findall(navigation[0]) if navigation else []
