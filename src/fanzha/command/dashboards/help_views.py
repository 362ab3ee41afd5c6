"""Pages of help: the tour of the viewer's desk and the words of the pages."""

from itertools import groupby

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from fanzha.command.dashboards.tour import find_desk, load_tours, place_steps
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.glossary import GROUP_TITLES, glossary, page_names
from fanzha.command.web.i18n import localize

#: How long a browser keeps the terms; its address differs by language.
TERMS_SECONDS = 3_600


@signed_in
def tour(request: SignedInRequest) -> HttpResponse:
    """List the steps of the tour, which scripts show on the pages themselves."""
    one = load_tours()[find_desk(request.viewer)]
    steps = list(place_steps(one, request.viewer))
    return render(request, "dashboards/tour.html", {"tour": one, "steps": steps})


@signed_in
def tour_steps(request: SignedInRequest) -> JsonResponse:
    """Return the steps of the tour in the reader's language, and the words of its buttons."""
    desk = find_desk(request.viewer)
    steps = [
        {"url": url, "at": step.at, "title": localize(step.title), "text": localize(step.text)}
        for step, url in place_steps(load_tours()[desk], request.viewer)
    ]
    words = {
        "next": pgettext("tour", "Next"),
        "back": _("Back"),
        "done": _("Done"),
        "leave": _("Leave the tour"),
        "place": _("step {} of {}"),
    }
    return JsonResponse({"desk": desk, "steps": steps, "words": words})


@signed_in
@cache_control(private=True, max_age=TERMS_SECONDS)
def terms(request: SignedInRequest) -> JsonResponse:
    """Return the terms in the reader's language with the headings and labels, in lower case, that they explain."""
    language, page = get_language() or "", reverse("words")
    found = [
        {
            "key": key,
            "names": sorted(page_names(term, language)),
            "title": localize(term.title),
            "about": localize(term.about),
            "url": f"{page}#word-{key}",
        }
        for key, term in glossary().items()
    ]
    return JsonResponse({"terms": found, "words": {"what": _("What does “{}” mean?"), "all": _("Full glossary")}})


@signed_in
def words(request: SignedInRequest) -> HttpResponse:
    """List the words of the pages with their meaning."""
    groups = [
        (GROUP_TITLES[group], list(terms)) for group, terms in groupby(glossary().items(), lambda item: item[1].group)
    ]
    return render(request, "dashboards/words.html", {"term_groups": groups})
