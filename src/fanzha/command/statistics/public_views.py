"""The public page of figures: only what a regulator decided to publish, without login and without a cookie."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fanzha.command.statistics.presenters import present_published
from fanzha.command.statistics.publications import published_figures
from fanzha.command.web.client_address import client_address
from fanzha.command.web.public_page import public_page
from fanzha.command.web.request_rates import RequestRate, counter, hash_network

#: Requests of one network a minute.
PAGES = RequestRate("public figures", 120, 60.0)
_KEY = "public-figures"


@public_page(remembers=False)
def public_figures(request: HttpRequest) -> HttpResponse:
    """Show the published figures of each period, the latest first, each with its pair."""
    if counter.is_over(PAGES, hash_network(_KEY, client_address(request))):
        return render(request, "statistics/public/busy.html", status=429)
    rows = [
        {
            "row": row,
            "figure": present_published(row.numbers["figure"]),
            "pair": present_published(row.numbers["pair"]),
        }
        for row in published_figures()
    ]
    return render(request, "statistics/public/figures.html", {"rows": rows})
