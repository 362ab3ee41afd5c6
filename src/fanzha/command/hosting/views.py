"""The desk of hosted sites: how many were looked at, and those whose filings are to be rectified."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from fanzha.base.words import Words
from fanzha.command.hosting.filing_numbers import FAULT_WORDS, FilingFault
from fanzha.command.hosting.models import HostedSite, SiteCheck
from fanzha.command.hosting.selectors import LookCoverage, measure_coverage
from fanzha.command.hosting.services import hasten_look
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import KeyFigure
from fanzha.command.web.roles import Kind, Role

PROVIDERS = (Kind.ISP, Kind.CARRIER)
KINDS = (*PROVIDERS, Kind.REGULATOR, Kind.CENTRE)
READERS = (Role.ANALYST, Role.EXECUTOR, Role.REVIEWER, Role.CLERK, Role.INSPECTOR)
SHOWN = 100


class SiteRow(NamedTuple):
    """A site with the words of its faults."""

    site: HostedSite
    faults: tuple[Words, ...]


@signed_in(*READERS, kinds=KINDS)
def hosted_sites(request: SignedInRequest) -> HttpResponse:
    """List sites: by default those with faults, or by `state`, and by a part of host, customer or filing (`q`)."""
    state = request.GET.get("state", SiteCheck.FAULTY)
    asked = request.GET.get("q", "").strip()[:100]
    after = request.GET.get("after", "")[:253]
    rows = HostedSite.objects.filter(is_active=True, host__gt=after).select_related("owner")
    if state == SiteCheck.FAULTY:
        rows = rows.exclude(faults=[])
    elif state in SiteCheck.values:
        rows = rows.filter(state=state)
    if asked:
        rows = rows.filter(Q(host__contains=asked.lower()) | Q(customer__icontains=asked) | Q(filing__contains=asked))
    sites = list(rows.order_by("host", "pk")[: SHOWN + 1])
    context = {
        "rows": [SiteRow(site, _fault_words(site)) for site in sites[:SHOWN]],
        "next_host": sites[SHOWN - 1].host if len(sites) > SHOWN else "",
        "states": [(choice.value, choice.label) for choice in SiteCheck],
        "state": state,
        "asked": asked,
        "figures": _figures(measure_coverage(timezone.now())),
        "is_provider": request.organization.kind in PROVIDERS,
    }
    return render(request, "hosting/sites.html", context)


@signed_in(Role.ANALYST, Role.EXECUTOR, kinds=PROVIDERS)
@require_POST
def look(request: SignedInRequest) -> HttpResponse:
    """Let the prober look at the ticked sites of the own organisation at once."""
    ticked = [host[:253] for host in request.POST.getlist("host")[:SHOWN]]
    sites = HostedSite.objects.filter(owner=request.organization, host__in=ticked, is_active=True)
    count = hasten_look(sites, request.viewer, timezone.now())
    text = ngettext("%(count)s site will be looked at next.", "%(count)s sites will be looked at next.", count)
    messages.success(request, text % {"count": count})
    return redirect("hosted_sites")


def _fault_words(site: HostedSite) -> tuple[Words, ...]:
    return tuple(FAULT_WORDS[FilingFault(fault)] for fault in site.faults)


def _figures(coverage: LookCoverage) -> list[KeyFigure]:
    return [
        KeyFigure(str(coverage.total), _("active sites")),
        KeyFigure(f"{coverage.share}%", _("looked at in time")),
        KeyFigure(str(coverage.due), _("due for a look"), is_harm=bool(coverage.due)),
        KeyFigure(str(coverage.never), _("never looked at"), is_harm=bool(coverage.never)),
        KeyFigure(str(coverage.faulty), _("to be rectified"), "?state=faulty", is_harm=bool(coverage.faulty)),
        KeyFigure(str(coverage.gone), _("do not answer"), "?state=gone"),
    ]
