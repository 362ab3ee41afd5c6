"""Determine the viewer of a request: the signed-in person and the organisation chosen in the session."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fanzha.command.organizations.disclosure_gate import DisclosureRefused, record_pending_disclosures
from fanzha.command.organizations.models import Membership, Organization, Person
from fanzha.command.organizations.selectors import build_viewer
from fanzha.command.web.job_queue import QueueFull
from fanzha.command.web.scoping import scoped_to
from fanzha.command.web.viewer import Viewer

CHOSEN = "organization"


class ViewerMiddleware:
    """Set `request.viewer` and `request.organization`, and scope all queries. Anonymous requests see no rows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request within the viewer's scope."""
        try:
            return self._answer(request)
        finally:
            record_pending_disclosures()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        request.viewer = request.organization = None  # type: ignore[attr-defined]
        user: Person | AnonymousUser = request.user
        if not isinstance(user, Person) or not user.is_active:
            return self.get_response(request)
        chosen = _choose_membership(user, request.session.get(CHOSEN))
        if chosen is None:
            return self.get_response(request)
        request.organization, viewer = chosen  # type: ignore[attr-defined]
        request.viewer = viewer  # type: ignore[attr-defined]
        with scoped_to(viewer):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of a refused disclosure or of a full queue. Other errors are handled elsewhere."""
        if not isinstance(error, DisclosureRefused | QueueFull):
            return None
        context = {"detail": error.detail, "is_queue": isinstance(error, QueueFull)}
        answer = render(request, "429.html", context, status=429)
        answer["Retry-After"] = str(error.retry_after)
        return answer


def _choose_membership(person: Person, organization_id: int | None) -> tuple[Organization, Viewer] | None:
    """Return organisation and viewer of a person; never for an organisation of another country."""
    memberships = list(
        Membership.objects.in_force()
        .filter(person=person, organization__is_active=True, organization__country="")
        .select_related("organization")
    )
    if not memberships:
        return None
    chosen = next(
        (membership for membership in memberships if membership.organization_id == organization_id), memberships[0]
    )
    same_organization = [
        membership for membership in memberships if membership.organization_id == chosen.organization_id
    ]
    unit = next((membership.unit for membership in same_organization if membership.unit), "")
    viewer = build_viewer(chosen.organization, {membership.role for membership in same_organization}, person.pk)
    return chosen.organization, viewer._replace(unit=unit)
