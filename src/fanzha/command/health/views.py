"""The page of sources, screens and background jobs: which is silent, what that means, and who to call."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.errors import UsageError
from fanzha.command.detection_rules.selectors import operates_rules
from fanzha.command.exchange.selectors import WATCHERS, find_silent_feeds
from fanzha.command.health.jobs import read_jobs
from fanzha.command.health.presenters import headline, present_attention, present_feeds, present_in_order, present_jobs
from fanzha.command.health.selectors import HealthLevel, is_stopped, list_components
from fanzha.command.health.services import READER_ROLES, RETRY_ROLES, find_failed_job, retry_job
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import all_organizations, get_organization_ref
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState
from fanzha.command.web.i18n import localize
from fanzha.command.web.job_queue import SITE_QUEUE, queue_name
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal


@signed_in(*READER_ROLES)
def health(request: SignedInRequest) -> HttpResponse:
    """Show the sources, screens and jobs of the own organisation and of those that it supervises, worst first."""
    viewer, now = request.viewer, timezone.now()
    problem, states, stopped = "", [], False
    try:
        states = list_components(viewer, now)
        stopped = operates_rules(viewer) and is_stopped(now)
    except UsageError as error:
        problem = str(error)
    own = _own_queues(viewer)
    supervised = all_organizations().filter(pk__in=viewer.supervised).values_list("ref", flat=True)
    jobs = read_jobs([*own, *map(queue_name, supervised)], now, own)
    context = {
        "problem": problem,
        "stopped": stopped,
        "is_operator": operates_rules(viewer),
        "headline": headline(states, now),
        "attention": [present_attention(one, states, now) for one in states if one.level < HealthLevel.IN_ORDER],
        "in_order": [present_in_order(one) for one in states if one.level is HealthLevel.IN_ORDER],
        "feeds": present_feeds(find_silent_feeds(now), now, may_open=viewer.has(*WATCHERS)),
        "jobs": present_jobs(jobs, now, own, may_retry=viewer.has(*RETRY_ROLES)),
        "no_jobs": EmptyState(_("No job waits, runs or failed in the last week.")),
        "no_components": EmptyState(
            _("As soon as a source of events is connected, it stands here with what is usual for it."), "clock"
        ),
    }
    return render(request, "health/health.html", context)


@signed_in(*RETRY_ROLES)
@require_POST
def retry(request: SignedInRequest, ident: UUID) -> HttpResponse:
    """Run a failed job again."""
    job = find_failed_job(ident, request.viewer)
    if job is None:
        raise Http404
    try:
        retry_job(job, request.viewer)
        messages.success(request, _("Started again. It is gone from this list when it is done."))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("component_health")


def _own_queues(viewer: Viewer) -> list[str]:
    own = queue_name(get_organization_ref(viewer.organization))
    return [own, SITE_QUEUE] if operates_rules(viewer) else [own]
