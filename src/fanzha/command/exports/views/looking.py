"""Show one whole value after a press; and to the privacy officer, who looked at whom and what is odd about it."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fanzha.command.exports.models import Unmasking
from fanzha.command.exports.unmasking import MAY_UNMASK, NotShown, unmask
from fanzha.command.exports.unmasking_form import NarrowForm
from fanzha.command.exports.unmasking_rows import rows_of, sought_rows, watched_rows
from fanzha.command.exports.watching import sought, watched
from fanzha.command.flows.evidence_form import said
from fanzha.command.organizations.access import signed_in
from fanzha.command.organizations.confirmed import AN_HOUR, confirmed_within
from fanzha.command.organizations.kinds import Role
from fanzha.command.site.components import Empty
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.subject_rows import shown

PAGE = 50


@never_cache
@signed_in(*MAY_UNMASK)
@require_POST
@confirmed_within(AN_HOUR)
def unmask_subject(request: HttpRequest, ref: str) -> HttpResponse:
    """Show the whole value of a subject; in its place where htmx asks, else on a page of its own."""
    subject = get_object_or_404(Subject.objects, ref=ref)
    purpose, case = request.POST.get("purpose", ""), request.POST.get("case", "")
    told: dict[str, object] = {"masked": shown(subject), "purpose": purpose, "back": _back(request)}
    status = 200
    try:
        told["value"] = unmask(request.viewer, subject, purpose, case)  # type: ignore[attr-defined]
    except NotShown as refused:
        told["why_not"], status = said(refused.words), 403 if refused.forbidden else 422
    name = "exports/_unmasked.html" if request.htmx and status == 200 else "exports/unmasked.html"  # type: ignore[attr-defined]
    return render(request, name, told, status=status)


def _back(request: HttpRequest) -> str:
    """Return the page on which it was pressed; nowhere outside."""
    came = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure())
    return came if ours else reverse("home")


@signed_in(Role.PRIVACY_OFFICER)
def unmaskings(request: HttpRequest) -> HttpResponse:
    """Show who looked at whom: what is odd first."""
    form, now = NarrowForm(request.GET), timezone.now()
    rows = Unmasking.objects.select_related("person").filter(form.narrowed())
    if (cursor := request.GET.get("cursor", "")).isdigit() and len(cursor) < 19:
        rows = rows.filter(Q(pk__lt=int(cursor)))
    found = list(rows[: PAGE + 1])
    told = {
        "narrow": form,
        "watched": watched_rows(watched(now)),
        "sought": sought_rows(sought(now)),
        "rows": rows_of(found[:PAGE]),
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "empty": Empty(_("Nobody looked at a whole value."), "eye"),
    }
    return render(request, "exports/unmaskings.html", told)
