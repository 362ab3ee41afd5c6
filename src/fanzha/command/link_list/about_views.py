"""The public page about the extension for browsers, and the extension itself with the address of this site's list."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from fanzha.base.clock import from_ms
from fanzha.command.link_list.extension_pack import pack_extension
from fanzha.command.link_list.served_list import served_list
from fanzha.command.web.client_address import client_address
from fanzha.command.web.public_page import public_page
from fanzha.command.web.request_rates import RequestRate, counter, hash_network
from fanzha.store.appeal_contact import load_appeal_contact
from fanzha.store.link_list_settings import load_link_list_settings

REQUESTS = RequestRate("link list pages", 300, 60.0)
_KEY = "link-list"


@public_page(remembers=False)
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Explain what the extension does and which data it sends, and offer it. 404 if the site publishes no list."""
    _require_list()
    contact, version = load_appeal_contact(), served_list().last_version()
    context = {
        "address": list_address(request),
        "appeal_url": _door() or contact.address,
        "hotline": contact.hotline,
        "entries": version.entries if version else 0,
        "changed_at": from_ms(version.at) if version else None,
    }
    return render(request, "link_list/about.html", context)


@require_safe
def extension(request: HttpRequest) -> HttpResponse:
    """Return the extension as a ZIP archive."""
    _require_list()
    if counter.is_over(REQUESTS, hash_network(_KEY, client_address(request))):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    headers = {"Content-Disposition": 'attachment; filename="fanzha-extension.zip"', "Cache-Control": "no-store"}
    return HttpResponse(pack_extension(list_address(request)), content_type="application/zip", headers=headers)


def list_address(request: HttpRequest) -> str:
    """Return the address of the list as clients write it."""
    return request.build_absolute_uri(reverse("link_list")).rstrip("/")


def _require_list() -> None:
    if not load_link_list_settings().enabled:
        raise Http404


def _door() -> str:
    """Return the public page of appeals of this site, "" where it has none."""
    try:
        return reverse("appeal")
    except NoReverseMatch:
        return ""
