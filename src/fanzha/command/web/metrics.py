"""Figures of the site for Prometheus (text format 0.0.4), for this machine alone."""

from ipaddress import ip_address

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fanzha.command.web.client_address import client_address
from fanzha.command.web.job_queue import organization_of, queue_states

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the waiting and running jobs of each organisation. Other machines get 404."""
    if not ip_address(client_address(request)).is_loopback:
        raise Http404
    states, now = queue_states(), timezone.now()
    waiting = {queue: float(state.waiting) for queue, state in states.items()}
    running = {queue: float(state.running) for queue, state in states.items()}
    waits = {
        queue: max(0.0, (now - state.oldest_at).total_seconds()) for queue, state in states.items() if state.oldest_at
    }
    text = (
        _family("fanzha_site_jobs_waiting", "Background jobs that wait, by organisation.", waiting)
        + _family("fanzha_site_jobs_running", "Background jobs that run, by organisation.", running)
        + _family("fanzha_site_jobs_oldest_wait_seconds", "How long the oldest waiting job has waited.", waits)
    )
    return HttpResponse(text, content_type=CONTENT_TYPE)


def _family(name: str, about: str, values: dict[str, float]) -> str:
    lines = [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
    lines += [f'{name}{{organization="{organization_of(queue)}"}} {value:g}' for queue, value in sorted(values.items())]
    return "\n".join(lines) + "\n"
