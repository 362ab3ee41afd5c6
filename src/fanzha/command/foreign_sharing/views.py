"""Pages of approvals for other countries: list, enter, decide, withdraw, document, keys, and what left."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fanzha.command.foreign_sharing.forms import ForeignApprovalForm, ReasonForm
from fanzha.command.foreign_sharing.models import ForeignApproval
from fanzha.command.foreign_sharing.presenters import present_approval, present_row
from fanzha.command.foreign_sharing.selectors import (
    CONFIRMERS,
    ENTERERS,
    READERS,
    WITHDRAWERS,
    find_approvals,
    find_exits,
    list_exit_objects,
    total_exits,
)
from fanzha.command.foreign_sharing.services import (
    confirm_approval,
    enter_approval,
    make_reading_key,
    refuse_approval,
    withdraw_approval,
)
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import count_partner_keys, get_organization, get_person
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal

SHOWN = 200


@signed_in(*READERS)
def approvals(request: SignedInRequest) -> HttpResponse:
    """List the approvals of the organisation."""
    now = timezone.now()
    context = {
        "rows": [present_row(row, now) for row in find_approvals()[:SHOWN]],
        "empty": EmptyState(_("No approval is on record: nothing goes to another country."), "shield"),
        "may_enter": request.viewer.has(*ENTERERS),
    }
    return render(request, "foreign_sharing/approvals.html", context)


@signed_in(*ENTERERS)
def approval_new(request: SignedInRequest) -> HttpResponse:
    """Enter an approval."""
    form = ForeignApprovalForm(request.POST, request.FILES) if request.method == "POST" else ForeignApprovalForm()
    if request.method == "POST" and form.is_valid():
        owner = get_organization(request.viewer.organization)
        try:
            entered = enter_approval(owner, form.to_terms(), get_person(request.viewer))
        except Refusal as refused:
            for name, words in (refused.fields or {"": refused.words}).items():
                form.add_error(name if name in form.fields else None, localize(words))
        else:
            messages.success(request, _("Entered. Another person has to confirm it before anything leaves."))
            return redirect("foreign_approval", entered.ref)
    return render(request, "foreign_sharing/approval_new.html", {"form": form}, status=422 if form.errors else 200)


@signed_in(*READERS)
def approval(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show an approval, what may be done with it, and what left under it."""
    return _show(request, _find(ref))


@signed_in(*CONFIRMERS)
@require_POST
def approval_decide(request: SignedInRequest, ref: str) -> HttpResponse:
    """Confirm or refuse an approval as the second person, by the field `do`."""
    found, person = _find(ref), get_person(request.viewer)
    if request.POST.get("do") == "confirm":
        return _act(request, ref, lambda: confirm_approval(found, person), _("Confirmed."))
    reason = request.POST.get("reason", "")
    return _act(request, ref, lambda: refuse_approval(found, person, reason), _("Not confirmed; nothing leaves."))


@signed_in(*WITHDRAWERS)
@require_POST
def approval_withdraw(request: SignedInRequest, ref: str) -> HttpResponse:
    """Withdraw an approval at once."""
    found, person, reason = _find(ref), get_person(request.viewer), request.POST.get("reason", "")
    words = _("Withdrawn. Nothing more is handed out under it.")
    return _act(request, ref, lambda: withdraw_approval(found, person, reason), words)


@never_cache
@signed_in(*READERS)
def approval_document(request: SignedInRequest, ref: str) -> HttpResponse:
    """Return the document of an approval, if it is the one that was entered."""
    content = _find(ref).intact_document()
    if content is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="approval-{ref}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


@never_cache
@signed_in(*ENTERERS)
@require_POST
def approval_key(request: SignedInRequest, ref: str) -> HttpResponse:
    """Make a key with which the partner reads, and show it once."""
    found = _find(ref)
    try:
        secret = make_reading_key(found, get_person(request.viewer))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
        return redirect("foreign_approval", ref)
    return _show(request, found, secret)


@signed_in(*READERS)
def approval_exit(request: SignedInRequest, ref: str, exit_ref: str) -> HttpResponse:
    """Show the objects of one answer that left."""
    found = _find(ref)
    rows = find_exits(found).defer(None)
    row = get_object_or_404(rows, ref=exit_ref)
    context = {"approval": found, "exit": row, "objects": list_exit_objects(row)}
    return render(request, "foreign_sharing/exit.html", context)


def _show(request: SignedInRequest, found: ForeignApproval, secret: str = "") -> HttpResponse:
    context = {
        "view": present_approval(found, request.viewer, timezone.now()),
        "exits": find_exits(found)[:SHOWN],
        "totals": total_exits(found),
        "reason_form": ReasonForm(),
        "secret": secret,
        "keys": count_partner_keys(found.ref),
    }
    return render(request, "foreign_sharing/approval.html", context)


def _act(request: HttpRequest, ref: str, act: Callable[[], None], done: str) -> HttpResponse:
    try:
        act()
    except Refusal as refused:
        messages.error(request, localize(next(iter(refused.fields.values()), refused.words)))
    else:
        messages.success(request, done)
    return redirect("foreign_approval", ref)


def _find(ref: str) -> ForeignApproval:
    return get_object_or_404(find_approvals(), ref=ref)
