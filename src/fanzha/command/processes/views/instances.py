"""Pages of running processes: the list, one process, and its files."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from fanzha.base.whole_numbers import whole_number
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.processes.disclosure import readable_files
from fanzha.command.processes.models import FollowUp, ProcessInstance
from fanzha.command.processes.openings import present_follow_ups
from fanzha.command.processes.presenters import present_process
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.processes.selectors import is_late
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.store.evidence_files import find_file

PAGE = 50


@signed_in
def process_list(request: HttpRequest) -> HttpResponse:
    """List running processes, the latest first, filtered by `process`, `show` (open, late, ended, all) and `before`."""
    rows = ProcessInstance.objects.select_related("owner", "version").order_by("-id")
    processes = load_processes()
    if (name := request.GET.get("process", "")) in processes:
        rows = rows.filter(process=name)
    match show := request.GET.get("show", "open"):
        case "late":
            rows = rows.filter(is_late(timezone.now()))
        case "ended":
            rows = rows.exclude(ended_at=None)
        case "all":
            pass
        case _:
            show, rows = "open", rows.filter(ended_at=None)
    if cursor := request.GET.get("before", ""):
        before = whole_number(cursor)
        rows = rows.none() if before is None else rows.filter(pk__lt=before)
    instances = list(rows[: PAGE + 1])
    return render(
        request,
        "processes/listing.html",
        {
            "rows": [{"instance": instance, **_words(instance)} for instance in instances[:PAGE]],
            "before": instances[PAGE - 1].pk if len(instances) > PAGE else None,
            "processes": [(name, localize(process.title)) for name, process in processes.items()],
            "name": name,
            "show": show,
        },
    )


@signed_in
def process_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one process."""
    instance = get_object_or_404(ProcessInstance.objects.select_related("owner", "version"), ref=ref)
    return render(
        request,
        "processes/process.html",
        {
            "shown": present_process(instance, request.viewer),
            "notices": instance.subject_notices.all(),
            "before": FollowUp.objects.filter(opened=instance).select_related("instance__version").first(),
            "following": present_follow_ups(instance, request.viewer),
        },
    )


@signed_in
def evidence_file(request: SignedInRequest, ref: str, name: str) -> FileResponse:
    """Return a file of a file field of a step that the viewer may read.

    Personal files need a stated purpose and are logged (`unmask_file`).
    """
    instance = get_object_or_404(ProcessInstance.objects.select_related("version"), ref=ref)
    if name not in readable_files(instance, request.viewer):
        raise Http404
    path = find_file(name)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{name[:16]}.bin")


def _words(instance: ProcessInstance) -> dict[str, object]:
    process = instance.version.process
    return {"process": process, "state": process.states[instance.state].title}
