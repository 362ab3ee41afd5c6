"""Public pages of education: no login, no cookie, no script. The URL has the language."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from fanzha.command.education.education_settings import find_teaching_organization
from fanzha.command.education.markup import render_text
from fanzha.command.education.models import EducationItem, EducationVersion
from fanzha.command.education.presenters import language_name
from fanzha.command.education.reads import counter
from fanzha.command.education.selectors import (
    KIND_ORDER,
    find_published,
    published_items,
    quizzes_of,
    search_published,
)
from fanzha.command.education.topics import PRINTED, SITUATIONS, ItemKind
from fanzha.command.web.api.problems import Problem
from fanzha.command.web.api.rate_limit import RateLimit
from fanzha.command.web.client_address import address_block
from fanzha.command.web.feeds import AtomFeed
from fanzha.command.web.public_page import public_page

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

View = Callable[..., HttpResponse]
#: Searches and quizzes of one address a minute; many phones share an address of a carrier.
REQUESTS_PER_MINUTE = 120
LONGEST_SEARCH = 100
FEED_ITEMS = 30
_LIMIT = RateLimit()
_PAGE_CLASSES = {ItemKind.SHEET.value: "sheet", ItemKind.POSTER.value: "sheet poster"}


def teaching_page(view: View) -> View:
    """Serve a view of the teaching organisation to everybody, without a cookie; a short page if there is none."""

    @public_page(remembers=False)
    @wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        owner = find_teaching_organization()
        if owner is None:
            return render(request, "education/public/closed.html", status=503)
        return view(request, owner, *args, **kwargs)

    return served


def is_too_often(request: HttpRequest) -> bool:
    """Count a request that costs more than a page; return whether its address sent too many."""
    try:
        _LIMIT.take(address_block(request), REQUESTS_PER_MINUTE)
    except Problem:
        return True
    return False


@teaching_page
def front_page(request: HttpRequest, owner: Organization) -> HttpResponse:
    """Show what may have happened to the reader, and what to read then; or the results of a search."""
    question = " ".join(request.GET.get("q", "")[:LONGEST_SEARCH].split())
    if question:
        if is_too_often(request):
            return render(request, "education/public/busy.html", status=429)
        found = search_published(owner, question, language_name())
        return render(request, "education/public/search.html", {"question": question, "links": present_links(found)})
    bodies = (f"{version}__body_{language}" for version in ("live", "trial") for language in ("zh", "en"))
    items = list(published_items(owner).defer(*bodies).order_by("slug"))
    groups = [
        (str(title), present_links(item for item in items if item.situation == name and item.kind not in PRINTED))
        for name, title in SITUATIONS.items()
        if name
    ]
    of_kind = {kind: present_links(item for item in items if item.kind == kind) for kind in KIND_ORDER}
    context = {
        "groups": [(title, links) for title, links in groups if links],
        "quizzes": of_kind[ItemKind.QUIZ],
        "printed": [*of_kind[ItemKind.SHEET], *of_kind[ItemKind.POSTER]],
        "papers": of_kind[ItemKind.PAPER],
        "others": present_links(
            item for item in items if not item.situation and item.kind in (ItemKind.COLUMN, ItemKind.CASE)
        ),
    }
    return render(request, "education/public/front.html", context)


@teaching_page
def show_item(request: HttpRequest, owner: Organization, slug: str) -> HttpResponse:
    """Show an item; of one in trial every second visit sees the version that is tried."""
    item = find_published(owner, slug)
    if item is None or item.live is None:
        raise Http404
    version = draw_version(item)
    if request.method == "GET":
        counter.add(version, timezone.localdate(), language_name())
    if item.kind == ItemKind.QUIZ:
        return render(request, "education/public/quiz_start.html", public_context(item, version))
    context = public_context(item, version) | {
        "body": render_text(getattr(version, f"body_{language_name()}")),
        "quizzes": present_links(quizzes_of(owner, slug)),
        "related": _related(owner, item),
    }
    if item.kind in PRINTED:
        return render(request, "education/public/printed.html", context | {"page_class": _PAGE_CLASSES[item.kind]})
    return render(request, "education/public/item.html", context)


@teaching_page
def atom_feed(request: HttpRequest, owner: Organization) -> HttpResponse:
    """Answer the latest items as an Atom feed."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    name, query = language_name(), f"?language={language}"
    root = request.build_absolute_uri(reverse("learn")) + query
    feed = AtomFeed(
        title=_("Know the tricks"),
        link=root,
        description="",
        language=language,
        feed_url=request.build_absolute_uri(reverse("learn_feed")) + query,
        author_name=str(owner),
    )
    for item in published_items(owner).order_by("-live__shown_at")[:FEED_ITEMS]:
        version = item.live
        if version is None:
            continue
        address = request.build_absolute_uri(reverse("learn_item", args=[item.slug])) + query
        feed.add_item(
            title=getattr(version, f"title_{name}"),
            link=address,
            description=getattr(version, f"summary_{name}"),
            unique_id=f"urn:fanzha:education:{item.ref}:{version.number}",
            pubdate=version.shown_at,
            updateddate=version.shown_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def draw_version(item: EducationItem) -> EducationVersion:
    """Return the version that a visit is shown: one of two at random while an item is in trial."""
    assert item.live is not None  # only published items are shown
    return random.choice((item.live, item.trial)) if item.trial is not None else item.live


def public_context(item: EducationItem, version: EducationVersion) -> dict[str, Any]:
    """Return what every public page of an item shows."""
    name = language_name()
    return {
        "item": item,
        "kind": ItemKind(item.kind).label,
        "title": getattr(version, f"title_{name}"),
        "summary": getattr(version, f"summary_{name}"),
        "checked_at": version.checked_at,
        "owner": item.owner,
    }


def present_links(items: Iterable[EducationItem]) -> list[dict[str, str]]:
    """Return items as links of public pages."""
    name, language = language_name(), translation.get_language()
    return [
        {
            "url": f"{reverse('learn_item', args=[item.slug])}?language={language}",
            "title": getattr(item.live, f"title_{name}"),
            "summary": getattr(item.live, f"summary_{name}"),
            "kind": str(ItemKind(item.kind).label),
        }
        for item in items
    ]


def _related(owner: Organization, item: EducationItem) -> list[dict[str, str]]:
    if not item.situation:
        return []
    rows = published_items(owner).filter(situation=item.situation).exclude(pk=item.pk).exclude(kind=ItemKind.QUIZ)
    return present_links(rows.exclude(kind__in=PRINTED).order_by("slug")[:5])
