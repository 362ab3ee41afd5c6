"""Pages of notifications, and of notices to people concerned."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.processes.models import Notification, SubjectNotice
from fanzha.command.processes.parties import to_actor
from fanzha.command.processes.services import record_delivery
from fanzha.command.web.access import signed_in
from fanzha.command.web.roles import Role

PAGE = 100


@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """List unread notifications, urgent ones first."""
    rows = Notification.objects.filter(read_at=None).select_related("instance", "person").defer("instance__situation")
    rows = rows.order_by("-urgent", "-at")
    return render(request, "processes/inbox.html", {"rows": list(rows[:PAGE])})


@signed_in
@require_POST
def mark_read(request: SignedInRequest) -> HttpResponse:
    """Mark messages as read."""
    message_ids = [
        message_id for number in request.POST.getlist("message") if (message_id := whole_number(number)) is not None
    ]
    own_messages = Notification.objects.filter(owner=request.viewer.organization, pk__in=message_ids, read_at=None)
    own_messages.update(read_at=timezone.now())
    return redirect("inbox")


@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    """List the notices to people concerned that wait for delivery; each can be printed."""
    rows = SubjectNotice.objects.filter(delivered_at=None).select_related("instance").order_by("written_at")
    return render(request, "processes/notices.html", {"rows": list(rows[:PAGE])})


@signed_in(Role.EXECUTOR, Role.CLERK, Role.DUTY_OFFICER)
@require_POST
def deliver_notice(request: SignedInRequest, number: int) -> HttpResponse:
    """Record how a notice was delivered; legal periods start at delivery."""
    notice = get_object_or_404(SubjectNotice.objects.select_related("instance"), pk=number, delivered_at=None)
    record_delivery(notice, request.POST.get("how", ""), to_actor(request.viewer))
    return redirect("subject_notices")
