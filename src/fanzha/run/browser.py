"""A browser that probes the site as a person does: signs in by the form and opens the places at the left."""

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


class Browser:
    """One person's browser, with cookies; it asks this machine alone, past any proxy of the environment."""

    def __init__(self, address: str) -> None:
        self._address = address
        direct, cookies = urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(direct, cookies)

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
