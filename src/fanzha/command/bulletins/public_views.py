"""Public pages of published bulletins: no login, no cookie, no script; also as JSON and as an Atom feed (RFC 4287)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fanzha.command.bulletins.models import Bulletin
from fanzha.command.bulletins.presenters import present_publication
from fanzha.command.bulletins.selectors import published_bulletins
from fanzha.command.documents.selectors import find_public_pdf, is_issued
from fanzha.command.web.api.problems import Problem
from fanzha.command.web.api.rate_limit import RateLimit
from fanzha.command.web.client_address import address_block
from fanzha.command.web.feeds import AtomFeed
from fanzha.command.web.public_page import public_page
from fanzha.processes.documents import DocumentType

View = Callable[..., HttpResponse]
#: Requests of one network a minute, and how long a page may be cached.
PER_MINUTE, CACHE_SECONDS = 600, 300
SHOWN, IN_FEED = 120, 24
_LIMIT = RateLimit()


def cached_page(view: View) -> View:
    """Serve a view to everybody, within the rate; caches may keep it for `CACHE_SECONDS`."""
    served = public_page(remembers=False)(require_safe(view))

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            _LIMIT.take(address_block(request), PER_MINUTE)
        except Problem as problem:
            headers = {"Retry-After": str(problem.more.get("retry_after", 60))}
            return HttpResponse(_("Try again later."), status=429, content_type="text/plain", headers=headers)
        answer = served(request, *args, **kwargs)
        is_named = request.GET.get("language") in dict(settings.LANGUAGES)  # else it depends on who asks
        answer["Cache-Control"] = f"{'public' if is_named else 'private'}, max-age={CACHE_SECONDS}"
        return answer

    return limited


@cached_page
def bulletins(request: HttpRequest) -> HttpResponse:
    """List the published bulletins, the latest first."""
    rows = [(row, present_publication(row.content, row.corrections)) for row in published_bulletins()[:SHOWN]]
    return render(request, "bulletins/public/list.html", {"rows": rows})


@cached_page
def bulletin(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a published bulletin; a withdrawn one says why, and shows nothing else."""
    row = _find(ref)
    context = {
        "bulletin": row,
        "publication": present_publication(row.content, row.corrections),
        "has_pdf": is_issued(row.ref, DocumentType.BULLETIN),
    }
    return render(request, "bulletins/public/bulletin.html", context)


@cached_page
def bulletin_json(request: HttpRequest, ref: str) -> HttpResponse:
    """Return a published bulletin as it was signed, with its digest and the notices after it."""
    row = _find(ref)
    answer = JsonResponse(
        {
            "digest": row.digest,
            "published_at": row.published_at,
            "withdrawn_at": row.withdrawn_at,
            "notices": row.corrections,
            "content": None if row.withdrawn_at else row.content,
        },
        json_dumps_params={"ensure_ascii": False},
    )
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@cached_page
def bulletin_pdf(request: HttpRequest, ref: str, language: str) -> HttpResponse:
    """Return the numbered document of a published bulletin, in Chinese (zh) or English (en)."""
    row = _find(ref)
    pdf = find_public_pdf(row.ref, DocumentType.BULLETIN, language) if language in ("zh", "en") else None
    if pdf is None or row.withdrawn_at:
        raise Http404
    name = f"bulletin-{row.month:%Y-%m}-{language}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@cached_page
def feed(request: HttpRequest) -> HttpResponse:
    """Return the published bulletins as an Atom feed."""
    language = (translation.get_language() or "")[:2]
    home = request.build_absolute_uri(reverse("public_bulletins"))
    atom = AtomFeed(_("Monthly bulletins"), home, "", language=language, feed_url=request.build_absolute_uri())
    for row in published_bulletins()[:IN_FEED]:
        shown = present_publication(row.content, row.corrections)
        address = request.build_absolute_uri(reverse("public_bulletin", args=[row.ref]))
        last = shown.notices[-1].at if shown.notices else row.published_at
        title = _("Withdrawn: %(title)s") % {"title": shown.title} if row.withdrawn_at else shown.title
        atom.add_item(
            title=title,
            link=f"{address}?language={translation.get_language()}",
            description=shown.notices[-1].text if shown.notices else shown.sections[0].body,
            unique_id=address,
            author_name=shown.owner,
            pubdate=row.published_at,
            updateddate=last,
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _find(ref: str) -> Bulletin:
    return get_object_or_404(published_bulletins(), ref=ref)
