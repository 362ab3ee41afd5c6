"""The page of a blocked link: no session, no cookie, no script, nothing from another site."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from fanzha.command.orders.blocked_hosts import LONGEST_HOST, BlockedHost, find_blocked_hash, find_blocked_host
from fanzha.command.web.client_address import client_address
from fanzha.command.web.public_page import public_page
from fanzha.command.web.request_rates import RequestRate, counter, hash_network
from fanzha.store.appeal_contact import load_appeal_contact

#: A carrier's phones share few addresses, and each blocked request leads here.
REQUESTS = RequestRate("blocked pages", 3_000, 60.0)
_KEY = "blocked-pages"


@public_page(remembers=False)
def blocked(request: HttpRequest) -> HttpResponse:
    """Say why a host is blocked, by `?host=` or `?hash=`, and where its owner objects. 404 without an order."""
    if counter.is_over(REQUESTS, hash_network(_KEY, client_address(request))):
        busy = render(request, "orders/public/busy.html", status=429)
        busy["Retry-After"] = "60"
        return busy
    found = _find(request)
    contact = load_appeal_contact()
    asked = {name: text for name in ("host", "hash") if (text := request.GET.get(name, "")[:LONGEST_HOST])}
    context = {
        "found": found,
        "appeal_url": _door() or contact.address,
        "hotline": contact.hotline,
        "asked": f"{urlencode(asked)}&" if asked else "",
    }
    answer = render(request, "orders/public/blocked.html", context, status=200 if found else 404)
    answer["Referrer-Policy"] = "no-referrer"  # the address names what somebody wanted to open
    return answer


def _find(request: HttpRequest) -> BlockedHost | None:
    if text := request.GET.get("hash", ""):
        return find_blocked_hash(text)
    return find_blocked_host(request.GET.get("host", ""))


def _door() -> str:
    """Return the public page of appeals of this site, "" where it has none."""
    try:
        return reverse("appeal")
    except NoReverseMatch:
        return ""
